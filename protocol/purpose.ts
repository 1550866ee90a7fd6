/**
 * Why somebody may ask: the purposes that the register knows. The class is what the person
 * concerned is shown, who shall learn which kind of body looked and not what it works on.
 */
export const PURPOSES = {
  'document-issue': 'identity-documents',
  'residence-permit': 'identity-documents',
  'border-control': 'border',
  'criminal-investigation': 'law-enforcement',
  'missing-person': 'humanitarian',
  'unidentified-remains': 'humanitarian',
  'court-order': 'justice',
  'civil-status': 'civil-status',
  adjudication: 'register-upkeep',
  administration: 'register-upkeep',
  'subject-access': 'own-request',
  'data-protection': 'oversight',
  audit: 'oversight',
} as const satisfies Record<string, string>

export type Purpose = keyof typeof PURPOSES
export type PurposeClass = (typeof PURPOSES)[Purpose]

export function isPurpose(word: string): word is Purpose {
  return Object.hasOwn(PURPOSES, word)
}
