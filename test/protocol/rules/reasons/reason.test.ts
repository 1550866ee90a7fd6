import { suite } from 'uvu'
import { is, match, not, ok } from 'uvu/assert'
import { LANGUAGES, REASONS, sentenceOf } from '../../../../protocol/rules/reasons/reason.ts'

const promises = suite('a reason')

/** Longer than this does not fit a line of a receipt's printer twice. */
const CHARACTERS_MAX = 96

const SENTENCES = {
  en: /^[A-Z][a-zA-Z ,;’-]+\.$/,
  kk: /^[А-ЯӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһіА-ЯЁӘҒҚҢӨҰҮҺІ ,;-]+\.$/,
  ru: /^[А-ЯЁ][а-яёА-ЯЁ ,;-]+\.$/,
}

for (const language of LANGUAGES) {
  promises(`has one plain sentence in ${language}, and no two have the same`, () => {
    for (const code of REASONS) {
      const sentence = sentenceOf(code, language)
      match(sentence, SENTENCES[language], `${code}: ${sentence}`)
      ok(sentence.length <= CHARACTERS_MAX, `${code} is too long: ${sentence}`)
      not.match(sentence, / {2}| [,;.]/, code)
    }
    is(new Set(REASONS.map((code) => sentenceOf(code, language))).size, REASONS.length)
  })
}

promises('is said differently in each language', () => {
  for (const code of REASONS) {
    is(new Set(LANGUAGES.map((language) => sentenceOf(code, language))).size, 3, code)
  }
})

promises('is told in Kazakh, not in Russian', () => {
  for (const code of REASONS) match(sentenceOf(code, 'kk'), /[әғқңөұүһі]/i, code)
})

promises('has a code in kebab-case, each once', () => {
  for (const code of REASONS) match(code, /^[a-z]+(?:-[a-z]+)*$/)
  is(new Set(REASONS).size, REASONS.length)
})

promises.run()
