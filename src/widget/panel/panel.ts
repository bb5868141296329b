/** The open search: the field's questions, the session's answers, and what shows them. */

import { messageOf, type SiteAnswer, type SiteIndex, type SiteTier } from '../../contract/index.ts';
import { h, set } from '../dom.ts';
import { type } from '../field.ts';
import type { Panel, PanelHost } from '../panel-host.ts';
import type { Wording } from '../strings/wording.ts';
import { Announcer } from './announcer.ts';
import { Filters } from './filters.ts';
import { Footer } from './footer.ts';
import { FullModel } from './full-model.ts';
import { onKeys } from './keyboard.ts';
import { List } from './list.ts';
import { Meaning } from './meaning.ts';
import { Notices } from './notices.ts';
import { RecentSearches } from './recent.ts';
import type { Choice } from './rows.ts';
import { codeOf, Session, type Question } from './session.ts';
import { SimilarBar } from './similar-bar.ts';
import { beside, instead, type Actions, type Told } from './tell.ts';

/** Milliseconds that typing must pause before a question is asked. */
const DEBOUNCE = 80;

export class SearchPanel implements Panel {
  readonly #host: PanelHost;
  readonly #wording: Wording;
  readonly #input: HTMLInputElement;
  readonly #session: Session;
  readonly #meaning: Meaning;
  readonly #model: FullModel;
  readonly #recent: RecentSearches;
  readonly #announcer = new Announcer();
  readonly #instead = new Notices();
  readonly #beside = new Notices();
  readonly #clearRecent: HTMLButtonElement;
  readonly #similarBar: SimilarBar;
  readonly #filters: Filters;
  readonly #list: List;
  readonly #footer: Footer;
  readonly #outside = new AbortController();
  readonly #actions: Actions = {
    retry: () => void this.#retry(),
    useMeaning: () => {
      this.#host.frame.focus();
      void this.#meaning.turnOn();
    },
  };
  #index: SiteIndex | undefined;
  #beginning: Promise<void> | undefined;
  #answer: SiteAnswer | undefined;
  /** Failed to open; undefined while that is not known. */
  #trouble: unknown;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param open opens the index that the settings name; the panel closes it */
  constructor(host: PanelHost, wording: Wording, open: (url: string) => Promise<SiteIndex>) {
    const { settings, frame, emit } = host;
    this.#host = host;
    this.#wording = wording;
    this.#input = frame.field.input;
    this.#recent = new RecentSearches(settings.index);
    const onChange = (): void => this.#update();
    const onError = (error: unknown): void => this.#failed(error);
    const onSwitch = (isOn: boolean): void =>
      void (isOn ? this.#session.improve() : this.#session.again());
    const events = {
      onChange,
      onError,
      onSwitch,
      onProgress: (detail: Parameters<typeof emit<'progress'>>[1]) => void emit('progress', detail),
    };
    this.#meaning = new Meaning(settings.meaning, events);
    this.#model = new FullModel(modelOptions(host), events);
    this.#session = new Session(
      {
        open: () => (host.site ? Promise.resolve(host.site) : open(settings.index)),
        limit: settings.limit,
        tier: (index) => this.#tier(index),
      },
      { onAnswer: (...answered) => this.#answered(...answered), onError, onChange },
    );
    this.#list = new List(this.#input, wording.text('results'), {
      onChoose: (choice, event) => this.#choose(choice, event),
      onRecent: (query) => type(this.#input, query),
      onSimilar: (choice) => this.#showSimilar(choice),
      onActive: onChange,
    });
    this.#filters = new Filters(wording, () => this.#ask(this.#session.question));
    this.#similarBar = new SimilarBar(wording, () => this.#leaveSimilar());
    this.#footer = new Footer(
      wording,
      { meaning: this.#meaning, model: this.#model, onSimilar: () => this.#similarToActive() },
      settings.mode === 'modal',
    );
    this.#clearRecent = this.#makeClearRecent();
    frame.body.replaceChildren(
      this.#similarBar.element,
      this.#filters.element,
      this.#instead.element,
      this.#list.element,
      this.#clearRecent,
      this.#beside.element,
      this.#footer.element,
      this.#announcer.element,
    );
    this.#listen();
    this.#update();
  }

  shown(): void {
    void this.#begin();
    if (this.#input.value !== this.#session.question.query) this.#typed(0);
    else if (this.#input.value === '') this.#showRecent();
    this.#list.tell();
    this.#update();
  }

  hidden(): void {
    clearTimeout(this.#timer);
    this.#announcer.stop();
    this.#list.deactivate();
    set(this.#input, 'aria-expanded', 'false');
  }

  dispose(): void {
    this.hidden();
    this.#outside.abort();
    this.#session.stop();
    this.#meaning.dispose();
    this.#model.dispose();
    if (!this.#host.site) this.#index?.close();
  }

  #listen(): void {
    const { frame, settings } = this.#host;
    const { signal } = this.#outside;
    const input = this.#input;
    const typed = (event: Event): void => {
      // What an input method has not finished is no question.
      if (!(event instanceof InputEvent && event.isComposing)) this.#typed();
    };
    input.addEventListener('input', typed, { signal });
    input.addEventListener('compositionend', typed, { signal });
    onKeys(
      input,
      this.#list,
      {
        onEscape: () => this.#escape(),
        onArrow: () => frame.show(),
        onEnter: (event) => this.#enter(event),
        onSimilar: () => this.#similarToActive(),
        onDelete: () => this.#deleteRecent(),
      },
      signal,
    );
    if (settings.mode === 'inline') {
      const leave = (event: KeyboardEvent): void => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        frame.focus();
        frame.hide();
      };
      frame.body.addEventListener('keydown', leave, { signal });
    }
    window.addEventListener('online', () => void this.#retryAfterTrouble(), { signal });
    window.addEventListener('offline', () => this.#update(), { signal });
  }

  /** Opens the index once, whoever asks; again after a failure. */
  async #begin(): Promise<void> {
    if (this.#index) return;
    this.#beginning ??= this.#open().finally(() => (this.#beginning = undefined));
    await this.#beginning;
  }

  /** Opens the index, and finds out what is to be had with it. */
  async #open(): Promise<void> {
    try {
      const index = await this.#session.index();
      if (this.#outside.signal.aborted) return this.#host.site ? undefined : index.close();
      this.#index = index;
      this.#trouble = undefined;
      this.#list.similar = index.info.model && this.#wording.text('similar');
      this.#meaning.consider(index);
      this.#host.emit('ready', { info: index.info });
      if (this.#host.settings.model === 'ask') void this.#model.consider(index);
    } catch (error) {
      // A question that waits for the index tells of it.
      if (!this.#session.isSearching) this.#failed(error);
      this.#trouble = error;
    }
    this.#update();
  }

  get #fields(): readonly string[] {
    return this.#host.settings.filters ?? this.#index?.info.filters ?? [];
  }

  #tier(index: SiteIndex): SiteTier {
    const { state } = this.#meaning;
    const byModel = this.#model.state === 'ready' && state !== 'off';
    return this.#meaning.isOn || byModel ? index.tier : 'words';
  }

  #typed(pause = DEBOUNCE): void {
    clearTimeout(this.#timer);
    this.#list.deactivate();
    const query = this.#input.value;
    if (query.trim() === '') return this.#ask({ query });
    this.#timer = setTimeout(() => this.#ask({ query }), pause);
  }

  #ask({ query, like }: Question): void {
    clearTimeout(this.#timer);
    const { filter } = this.#filters;
    const isBlank = query.trim() === '' && !like;
    // Where opening failed before, the question opens the index: what comes with it is then had, too.
    if (!isBlank) void this.#begin();
    void this.#session.ask({ query, ...(filter && { filter }), ...(like && { like }) });
    if (isBlank) this.#showRecent();
    this.#update();
  }

  #answered(answer: SiteAnswer, question: Question, improves: boolean): void {
    this.#answer = answer;
    if (improves) this.#list.improve(answer.pages);
    else this.#list.show(answer.pages);
    const { query } = question;
    const count = answer.pages.length;
    const text = count > 0 ? this.#wording.pages(count) : this.#wording.text('nothing', { query });
    this.#announcer.say(
      question.like ? `${this.#similarBar.text(question.like.title)}: ${text}` : text,
    );
    this.#host.emit('results', { query, answer });
    this.#update();
    if (question.like || !this.#index) return;
    this.#filters.show(this.#index, this.#fields);
    void this.#meaning.begin();
    void this.#filters.begin(this.#index, this.#fields);
  }

  #failed(error: unknown): void {
    this.#host.emit('error', { code: codeOf(error), message: messageOf(error), error });
    this.#update();
  }

  async #retry(): Promise<void> {
    this.#host.frame.field.input.focus();
    await this.#begin();
    await this.#session.again();
  }

  async #retryAfterTrouble(): Promise<void> {
    if (this.#told().error !== undefined) await this.#retry();
  }

  #showRecent(): void {
    this.#answer = undefined;
    this.#list.showRecent(this.#recentQueries());
  }

  #recentQueries(): string[] {
    return this.#host.settings.recent ? this.#recent.list : [];
  }

  #enter(event: KeyboardEvent): void {
    const { question, isSearching } = this.#session;
    const isStale = question.query !== this.#input.value || isSearching;
    // The first result of another question is not what is asked for.
    if (isStale && !this.#list.hasActive) return this.#typed(0);
    this.#list.press(event);
  }

  #escape(): boolean {
    if (this.#session.question.like) {
      this.#leaveSimilar();
      return true;
    }
    const { frame, settings } = this.#host;
    if (settings.mode === 'modal') return false;
    if (frame.isOpen) frame.hide();
    else type(this.#input, '');
    return true;
  }

  #choose({ page, passage, href }: Choice, event: MouseEvent): void {
    const { query } = this.#session.question;
    const detail = { query, url: href!, page, ...(passage && { passage }) };
    if (!this.#host.emit('select', detail)) event.preventDefault();
    if (this.#host.settings.recent) this.#recent.add(query);
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    if (!elsewhere) this.#host.frame.hide();
  }

  #similarToActive(): void {
    const { choice } = this.#list;
    if (choice) this.#showSimilar(choice);
  }

  #showSimilar({ id, page }: Choice): void {
    if (id < 0 || !this.#index?.info.model) return;
    this.#input.focus();
    const title = page.title.trim() === '' ? page.url : page.title;
    this.#ask({ query: this.#input.value, like: { id, title } });
  }

  #leaveSimilar(): void {
    this.#input.focus();
    this.#ask({ query: this.#input.value });
  }

  #deleteRecent(): boolean {
    const query = this.#list.activeRecent;
    if (query === undefined) return false;
    this.#recent.remove(query);
    this.#showRecent();
    this.#update();
    return true;
  }

  #makeClearRecent(): HTMLButtonElement {
    const text = this.#wording.text('clearRecent');
    const button = h('button', { type: 'button', class: 'link clear-recent', hidden: true }, text);
    button.addEventListener('click', () => {
      this.#recent.clear();
      this.#input.focus();
      this.#showRecent();
      this.#update();
    });
    return button;
  }

  #told(): Told {
    const { question, error, isSearching } = this.#session;
    return {
      question,
      answer: this.#answer,
      error: error ?? (isSearching ? undefined : this.#trouble),
      isSearching,
      hasRecent: this.#recentQueries().length > 0,
      meaning: this.#meaning,
    };
  }

  #update(): void {
    const told = this.#told();
    const { question } = told;
    const notice = instead(told, this.#wording, this.#actions);
    this.#instead.show(notice ? [notice] : []);
    this.#list.element.hidden = told.error !== undefined || this.#list.size === 0;
    this.#beside.show(beside(told, this.#wording, this.#actions));
    this.#similarBar.show(question.like?.title);
    const isBlank = question.query.trim() === '' && !question.like;
    set(this.#clearRecent, 'hidden', !(isBlank && told.hasRecent));
    set(this.#host.frame.field.element, 'data-busy', told.isSearching);
    const hasSimilar = this.#answer !== undefined && this.#list.choice !== undefined;
    this.#footer.update({ hasSimilar: hasSimilar && this.#index?.info.model !== undefined });
  }
}

function modelOptions({ modelOptions, settings }: PanelHost): PanelHost['modelOptions'] {
  const { modelWorker } = settings;
  return { ...modelOptions, ...(modelWorker !== undefined && { workerUrl: modelWorker }) };
}
