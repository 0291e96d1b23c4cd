// Nouns whose plural no rule gives, and that an entity may well be called.
const IRREGULAR: Readonly<Record<string, string>> = {
  alumnus: 'alumni',
  analysis: 'analyses',
  appendix: 'appendices',
  axis: 'axes',
  basis: 'bases',
  cactus: 'cacti',
  calf: 'calves',
  child: 'children',
  crisis: 'crises',
  criterion: 'criteria',
  curriculum: 'curricula',
  datum: 'data',
  diagnosis: 'diagnoses',
  die: 'dice',
  echo: 'echoes',
  elf: 'elves',
  foot: 'feet',
  goose: 'geese',
  half: 'halves',
  hero: 'heroes',
  hypothesis: 'hypotheses',
  index: 'indexes',
  knife: 'knives',
  leaf: 'leaves',
  life: 'lives',
  loaf: 'loaves',
  louse: 'lice',
  man: 'men',
  matrix: 'matrices',
  medium: 'media',
  memorandum: 'memoranda',
  mouse: 'mice',
  nucleus: 'nuclei',
  oasis: 'oases',
  ox: 'oxen',
  parenthesis: 'parentheses',
  person: 'people',
  phenomenon: 'phenomena',
  potato: 'potatoes',
  quiz: 'quizzes',
  self: 'selves',
  shelf: 'shelves',
  stimulus: 'stimuli',
  stratum: 'strata',
  synopsis: 'synopses',
  synthesis: 'syntheses',
  thesis: 'theses',
  thief: 'thieves',
  tomato: 'tomatoes',
  tooth: 'teeth',
  vertex: 'vertices',
  veto: 'vetoes',
  wife: 'wives',
  wolf: 'wolves',
  woman: 'women',
}

const UNCOUNTABLE = new Set(
  `advice aircraft audio bison cattle clothing cod data deer equipment evidence feedback fish furniture
  hardware homework housing information insurance jewelry knowledge luggage machinery mail media
  merchandise metadata money moose music news offspring personnel police progress research rice salmon series
  sheep software spacecraft species staff stuff swine traffic training transportation trout
  weather`.split(/\s+/),
)

/**
 * English plural of a noun in `snake_case`, for table and path; of several words the last one is
 * changed. The option `plural` overrides it.
 */
export function pluralOf(noun: string): string {
  const start = noun.lastIndexOf('_') + 1
  return noun.slice(0, start) + pluralOfWord(noun.slice(start))
}

function pluralOfWord(word: string): string {
  if (UNCOUNTABLE.has(word)) return word
  const irregular = Object.hasOwn(IRREGULAR, word) ? IRREGULAR[word] : undefined
  if (irregular !== undefined) return irregular
  // The man in a compound changes, the one in human or german is none.
  if (COMPOUND_OF_MAN.test(word)) return `${word.slice(0, -2)}en`
  if (/[^aeiou]y$|quy$/.test(word)) return `${word.slice(0, -1)}ies`
  return /(s|x|z|ch|sh)$/.test(word) && !HARD_CH.test(word) ? `${word}es` : `${word}s`
}

const COMPOUND_OF_MAN =
  /(?:wo|sales|chair|crafts|fire|fisher|fore|gentle|spokes|trades|watch|work)man$/
const HARD_CH = /(?:monarch|patriarch|matriarch|stomach|epoch|tech)$/
