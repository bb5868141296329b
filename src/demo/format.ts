/** Numbers and names as people read them. */

const whole = new Intl.NumberFormat('en');

export function count(value: number): string {
  return whole.format(value);
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Decimal units, as browsers and file managers show downloads. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  const units = ['kB', 'MB', 'GB'];
  const power = Math.min(units.length, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  return `${scaled >= 100 || power === 1 ? Math.round(scaled) : scaled.toFixed(1)} ${units[power - 1]}`;
}

export function milliseconds(value: number): string {
  if (value < 1) return '< 1 ms';
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

/** A language's name in itself and in English: `日本語`, `Japanese`. */
export function languageNames(tag: string): { own: string; english: string } {
  return { own: displayName(tag, tag), english: displayName(tag, 'en') };
}

function displayName(tag: string, locale: string): string {
  return new Intl.DisplayNames([locale], { type: 'language' }).of(tag) ?? tag;
}
