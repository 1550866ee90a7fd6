/**
 * Why something was decided, as codes that machines compare and sentences that people read.
 *
 * A code is part of the protocol: it stands on the ledger as its place in the list, so new ones go
 * to the end. Every code has one sentence in each language, meant for the person at the counter.
 */
import { EN } from './en.ts'
import { KK } from './kk.ts'
import { RU } from './ru.ts'

export const REASONS = [
  // Enrolment: what speaks for it.
  'citizen-duty',
  'resident-duty',
  'visitor-duty',
  'consent-given',
  'guardian-consent-given',
  'best-kept',
  'fewer-fingers',
  // Enrolment: what speaks against it.
  'no-policy',
  'under-age',
  'not-covered',
  'birth-date-unknown',
  'consent-missing',
  'guardian-consent-missing',
  'consent-form-missing',
  'fingers-missing',
  'recapture-needed',
  'quality-too-low',
  'exempt-no-fingers',
  'postponed-injury',
  // DNA.
  'dna-convict-duty',
  'dna-relative-duty',
  'dna-unidentified-duty',
  'dna-consent-given',
  'dna-consent-missing',
  'dna-not-covered',
  // Documents.
  'may-be-issued',
  'document-not-for-citizenship',
  'document-not-for-age',
  'postponement-over',
  'exemption-over',
  // Officers and their questions.
  'role-may-not',
  'purpose-not-allowed',
  'credential-unknown',
  'credential-revoked',
  'credential-expired',
  'second-person-needed',
  'same-person-twice',
  'same-role-twice',
  'too-many-requests',
  'statement-stale',
  // The course of a record's life.
  'not-enrolled',
  'already-enrolled',
  'already-refused',
  'not-confirmed',
  'case-open',
  'is-duplicate',
  'is-suspended',
  'not-suspended',
  'is-deceased',
  'is-expired',
  'is-erased',
  'is-refused',
  'is-postponed',
  'is-exempt',
  'not-exempt',
  'already-granted',
  'retention-not-over',
  'operator-finger',
  'consent-asked-again',
  'hold-too-long',
  'illegal-transition',
  // Adjudication.
  'no-such-case',
  'case-decided',
  'already-gave-opinion',
  'not-your-case',
  // What a law or a record leaves no room for.
  'not-the-same-person',
  'fine-not-in-law',
  'term-not-in-law',
  'kept-by-law',
  'policy-in-force',
  'statement-used',
  // What is seen of the prints themselves.
  'same-finger-twice',
  'fingers-exchanged',
  // What a record waits for.
  'not-compared',
] as const

export type ReasonCode = (typeof REASONS)[number]

export const LANGUAGES = ['en', 'kk', 'ru'] as const
export type Language = (typeof LANGUAGES)[number]

const SENTENCES: Readonly<Record<Language, Readonly<Record<ReasonCode, string>>>> = {
  en: EN,
  kk: KK,
  ru: RU,
}

export function sentenceOf(code: ReasonCode, language: Language): string {
  return SENTENCES[language][code]
}
