/** The words that are on the page before anything else is loaded, in all languages. */

export const LANGUAGES = [
  'en',
  'de',
  'fr',
  'es',
  'it',
  'pt',
  'nl',
  'pl',
  'ja',
  'zh',
  'ko',
  'ar',
] as const;

export type Language = (typeof LANGUAGES)[number];

export interface ShellStrings {
  /** On the trigger, and the name of the dialog and of the field. */
  search: string;
  placeholder: string;
  clear: string;
  close: string;
  unavailable: string;
  retry: string;
}

export const SHELL_STRINGS: Readonly<Record<Language, ShellStrings>> = {
  en: {
    search: 'Search',
    placeholder: 'Search by words or meaning',
    clear: 'Clear',
    close: 'Close',
    unavailable: 'Search cannot be loaded at the moment.',
    retry: 'Try again',
  },
  de: {
    search: 'Suchen',
    placeholder: 'Suche nach Wörtern oder Bedeutung',
    clear: 'Leeren',
    close: 'Schließen',
    unavailable: 'Die Suche lässt sich gerade nicht laden.',
    retry: 'Noch einmal',
  },
  fr: {
    search: 'Rechercher',
    placeholder: 'Rechercher par mots ou par sens',
    clear: 'Effacer',
    close: 'Fermer',
    unavailable: 'La recherche ne peut pas être chargée pour le moment.',
    retry: 'Réessayer',
  },
  es: {
    search: 'Buscar',
    placeholder: 'Buscar por palabras o significado',
    clear: 'Borrar',
    close: 'Cerrar',
    unavailable: 'La búsqueda no se puede cargar en este momento.',
    retry: 'Reintentar',
  },
  it: {
    search: 'Cerca',
    placeholder: 'Cerca per parole o significato',
    clear: 'Cancella',
    close: 'Chiudi',
    unavailable: 'La ricerca non può essere caricata in questo momento.',
    retry: 'Riprova',
  },
  pt: {
    search: 'Pesquisar',
    placeholder: 'Pesquisar por palavras ou significado',
    clear: 'Limpar',
    close: 'Fechar',
    unavailable: 'Não é possível carregar a pesquisa neste momento.',
    retry: 'Tentar novamente',
  },
  nl: {
    search: 'Zoeken',
    placeholder: 'Zoek op woorden of betekenis',
    clear: 'Wissen',
    close: 'Sluiten',
    unavailable: 'Zoeken kan nu niet worden geladen.',
    retry: 'Opnieuw proberen',
  },
  pl: {
    search: 'Szukaj',
    placeholder: 'Szukaj według słów lub znaczenia',
    clear: 'Wyczyść',
    close: 'Zamknij',
    unavailable: 'Nie można teraz wczytać wyszukiwarki.',
    retry: 'Spróbuj ponownie',
  },
  ja: {
    search: '検索',
    placeholder: '言葉や意味で検索',
    clear: 'クリア',
    close: '閉じる',
    unavailable: '現在、検索を読み込めません。',
    retry: '再試行',
  },
  zh: {
    search: '搜索',
    placeholder: '按词语或含义搜索',
    clear: '清除',
    close: '关闭',
    unavailable: '目前无法加载搜索。',
    retry: '重试',
  },
  ko: {
    search: '검색',
    placeholder: '단어나 의미로 검색',
    clear: '지우기',
    close: '닫기',
    unavailable: '지금은 검색을 불러올 수 없습니다.',
    retry: '다시 시도',
  },
  ar: {
    search: 'بحث',
    placeholder: 'ابحث بالكلمات أو بالمعنى',
    clear: 'مسح',
    close: 'إغلاق',
    unavailable: 'تعذّر تحميل البحث حاليًا.',
    retry: 'إعادة المحاولة',
  },
};

/**
 * The language to speak: the one that the element, an element around it or the page names, else the
 * visitor's; English where there are no strings for it.
 */
export function languageOf(element: Element): Language {
  const named = element.closest('[lang]')?.getAttribute('lang') ?? '';
  const [base = ''] = (named === '' ? navigator.language : named).toLowerCase().split('-');
  return LANGUAGES.find((language) => language === base) ?? 'en';
}

export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr';
}
