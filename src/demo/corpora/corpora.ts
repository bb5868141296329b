/** What can be searched on this page, and questions worth asking. */

import { SAMPLE_FILES } from './files.ts';

export type SampleId = keyof typeof SAMPLE_FILES;
export type CorpusId = SampleId | 'documents';

export interface Suggestion {
  text: string;
  language: string;
}

interface Corpus {
  id: CorpusId;
  name: string;
  about: string;
  suggestions: readonly Suggestion[];
  source?: { label: string; url: string; licence: string };
}

const say = (language: string, text: string): Suggestion => ({ language, text });

export const CORPORA: Readonly<Record<CorpusId, Corpus>> = {
  udhr: {
    id: 'udhr',
    name: 'Human rights',
    about:
      'The 30 articles of the Universal Declaration of Human Rights in 36 languages. Ask in any of them; the answer is found in all of them.',
    suggestions: [
      say('en', 'Do I get paid holidays?'),
      say('ja', '学校の授業料は無料ですか'),
      say('es', '¿Puedo salir de mi país y volver?'),
      say('de', 'Darf ich meine Meinung frei sagen?'),
      say('ar', 'هل التعليم مجاني؟'),
      say('fr', 'Peut-on m’obliger à me marier ?'),
      say('hi', 'क्या हर किसी को वोट देने का अधिकार है?'),
      say('ru', 'Имею ли я право на отдых?'),
    ],
    source: {
      label: 'UDHR in Unicode',
      url: 'https://www.unicode.org/udhr/',
      licence: 'samples/udhr.LICENSE.txt',
    },
  },
  wordnet: {
    id: 'wordnet',
    name: 'Dictionary',
    about:
      'Common English nouns with their dictionary glosses from WordNet. Describe a thing, in any language, and find its word.',
    suggestions: [
      say('en', 'rain mixed with snow'),
      say('en', 'where a river meets the sea'),
      say('fr', 'instrument pour mesurer la température'),
      say('en', 'the pain of losing someone'),
      say('es', 'una fruta amarilla y ácida'),
      say('zh', '会飞的昆虫'),
    ],
    source: {
      label: 'WordNet 3.1, Princeton University',
      url: 'https://wordnet.princeton.edu/',
      licence: 'samples/wordnet.LICENSE.txt',
    },
  },
  documents: {
    id: 'documents',
    name: 'My documents',
    about: 'Your own text. It is embedded and kept in this browser, and nowhere else.',
    suggestions: [],
  },
};

export function isCorpusId(value: string | null): value is CorpusId {
  return value !== null && Object.hasOwn(CORPORA, value);
}

export function isSample(id: CorpusId): id is SampleId {
  return Object.hasOwn(SAMPLE_FILES, id);
}
