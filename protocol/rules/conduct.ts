/**
 * How much an officer's work needs, and when it is done: past the rates a request is refused, past
 * the rest an alarm is raised, which refuses nothing.
 *
 * Source: handbook, domain §4.3 (stolen credentials are the main threat: no bulk scraping), §1 and
 * §5–§6 for the sizes: an enrolment takes ten minutes; a border post sees some 1,880 persons a day,
 * the busiest ten times as many; the whole country decides some 13 doubtful searches a day.
 */
import type { Role } from '../credential.ts'
import { KAZAKHSTAN_OFFSET_MS } from './civil-date.ts'
import type { Doing } from './permissions.ts'

/** Requests within any 60 minutes, and within any 24 hours. */
export interface Rate {
  readonly perHour: number
  readonly perDay: number
}

/** Hours of the day and days of the week in which a role works, by the clock of Kazakhstan. */
interface WorkingHours {
  readonly from: number
  /** The first hour in which it is over. */
  readonly until: number
  /** 0 is Sunday. */
  readonly days: readonly number[]
}

interface RoleConduct {
  /** What an officer asks for again and again. Whatever is not named falls under `OTHERWISE`. */
  readonly rates: Partial<Record<Doing, Rate>>
  /** Counters of a large post: a post may ask as often as so many officers. */
  readonly counters: number
  /** Persons whose record one officer has reason to look into, or to verify, within 24 hours. */
  readonly personsPerDay: number
  /** Absent where the work never ends. */
  readonly hours: WorkingHours | undefined
}

/** Deeds that are each a decision: nobody takes one every other minute all day. */
const OTHERWISE: Rate = { perHour: 20, perDay: 100 }

/** Refused requests of one officer within 24 hours that are no longer slips of the hand. */
export const REFUSALS_PER_DAY_MAX = 10

/** Relatives that one officer can declare: a large family to the second degree. */
export const RELATIVES_MAX = 256

const SIX_DAYS = [1, 2, 3, 4, 5, 6]
const WEEKDAYS = [1, 2, 3, 4, 5]

const CONDUCT: Record<Role, RoleConduct> = {
  'enrolment-officer': {
    rates: {
      // One in ten minutes, and twice that for those who are quick.
      enrol: { perHour: 12, perDay: 80 },
      update: { perHour: 12, perDay: 80 },
      // Each visitor is found, looked at and verified, some more than once.
      verify: { perHour: 30, perDay: 200 },
      resolution: { perHour: 30, perDay: 200 },
      status: { perHour: 60, perDay: 400 },
      eligibility: { perHour: 60, perDay: 400 },
    },
    counters: 20,
    personsPerDay: 120,
    // Service centres are open on Saturdays, some until eight.
    hours: { from: 8, until: 20, days: SIX_DAYS },
  },
  'border-officer': {
    rates: {
      // Three a minute at one counter, over a shift of twelve hours with its pauses.
      verify: { perHour: 180, perDay: 1_000 },
      status: { perHour: 180, perDay: 1_000 },
      resolution: { perHour: 180, perDay: 1_000 },
      inspection: { perHour: 180, perDay: 1_000 },
      crossing: { perHour: 180, perDay: 1_000 },
      // Only when a rule asks for it: somebody whose documents do not hold.
      identify: { perHour: 12, perDay: 40 },
    },
    // Makes 20,000 verifications a day, ten times what an average post sees.
    counters: 20,
    personsPerDay: 900,
    hours: undefined,
  },
  adjudicator: {
    rates: {
      'case-queue': { perHour: 60, perDay: 300 },
      'case-file': { perHour: 40, perDay: 200 },
      status: { perHour: 40, perDay: 200 },
    },
    counters: 10,
    personsPerDay: 80,
    hours: { from: 8, until: 20, days: SIX_DAYS },
  },
  'forensic-examiner': {
    rates: {
      identify: { perHour: 10, perDay: 40 },
      'case-queue': { perHour: 60, perDay: 300 },
      'case-file': { perHour: 40, perDay: 200 },
    },
    counters: 10,
    personsPerDay: 60,
    // Crimes and accidents keep no hours, and laboratories have somebody on duty.
    hours: undefined,
  },
  auditor: {
    rates: { alarms: { perHour: 60, perDay: 300 } },
    counters: 10,
    personsPerDay: 60,
    hours: { from: 8, until: 20, days: WEEKDAYS },
  },
  'data-protection-officer': {
    rates: { alarms: { perHour: 60, perDay: 300 }, accesses: { perHour: 30, perDay: 200 } },
    counters: 10,
    personsPerDay: 150,
    hours: { from: 8, until: 20, days: WEEKDAYS },
  },
  'node-administrator': {
    rates: { policy: { perHour: 2, perDay: 4 } },
    counters: 10,
    // Runs a machine, and has no business with any person's record.
    personsPerDay: 0,
    hours: { from: 8, until: 20, days: WEEKDAYS },
  },
}

/** How often one officer may ask, and how often all officers of the role at one post may. */
export function ratesOf(role: Role, doing: Doing): { officer: Rate; post: Rate } {
  const { rates, counters } = CONDUCT[role]
  const officer = rates[doing] ?? OTHERWISE
  const { perHour, perDay } = officer
  return { officer, post: { perHour: perHour * counters, perDay: perDay * counters } }
}

/** Past this many persons within 24 hours it is scraping, whatever else it is called. */
export function personsPerDayOf(role: Role): number {
  return CONDUCT[role].personsPerDay
}

export function isWithinHours(role: Role, at: number): boolean {
  const { hours } = CONDUCT[role]
  if (!hours) return true
  const local = new Date(at + KAZAKHSTAN_OFFSET_MS)
  const hour = local.getUTCHours()
  return hour >= hours.from && hour < hours.until && hours.days.includes(local.getUTCDay())
}
