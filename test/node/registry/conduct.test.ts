import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { sha256 } from '../../../crypto/hash.ts'
import { Conduct, type Alarm } from '../../../node/registry/conduct.ts'
import { Joiner } from '../../../node/audit/joiner.ts'
import { personsPerDayOf, ratesOf, REFUSALS_PER_DAY_MAX } from '../../../protocol/rules/conduct.ts'
import { STATEMENT_AGE_MS_MAX } from '../../../protocol/statement.ts'
import {
  act,
  enrolment,
  handleOf,
  MONDAY,
  officer,
  outcome,
  query,
  refused,
  roster,
  statement,
  type Officer,
} from './support/folding.ts'

const promises = suite('conduct')

const HOUR = 3_600_000
const DAY = 86_400_000
const guard = officer('guard', 'border-officer', handleOf('guard'))
const other = officer('other', 'border-officer')
const examiner = officer('examiner', 'forensic-examiner')
const registrar = officer('registrar', 'enrolment-officer')
const protector = officer('protector', 'data-protection-officer')
const { perHour, perDay } = ratesOf('border-officer', 'identify').officer

/** A node that folds one log, and is asked before requests. */
class Watch {
  readonly conduct = new Conduct()
  readonly raised: Alarm[] = []
  readonly #joiner = new Joiner({ roster })
  readonly #asked = new Set<number>()
  #questions = 0
  #size = 0

  constructor() {
    this.conduct.onAlarm((alarm) => this.raised.push(alarm))
  }

  take(...entries: readonly Uint8Array[]): void {
    for (const bytes of entries) {
      this.conduct.take(this.#joiner.join('almaty', this.#size, bytes))
      this.#size += 1
    }
  }

  /** Whether a search of this officer is let pass at `now`. */
  passes(by: Officer, now: number, post?: string): boolean {
    // Another question each time: one that is sent again is the same.
    const isAnother = this.#asked.has(now)
    this.#asked.add(now)
    this.#questions += 1
    const payloadDigest = sha256(utf8(`${this.#questions}`))
    const asked = statement({ at: now, ...(post && { post }), ...(isAnother && { payloadDigest }) })
    return this.conduct.check(by.grant, asked, 'identify', now) === undefined
  }

  kinds(): string[] {
    return this.raised.map(({ kind, index }) => `${index} ${kind}`)
  }
}

promises('lets an officer ask as often as the work needs in an hour, and again after it', () => {
  const watch = new Watch()
  for (let i = 0; i < perHour; i += 1) is(watch.passes(guard, MONDAY + i), true)
  is(watch.passes(guard, MONDAY + perHour), false)
  is(watch.passes(other, MONDAY + perHour), true)
  is(watch.passes(guard, MONDAY + HOUR - 1), false)
  is(watch.passes(guard, MONDAY + HOUR), true)
  is(watch.passes(guard, MONDAY + HOUR), false, 'one is an hour old, and no more')
})

promises('says why it refuses', () => {
  const watch = new Watch()
  while (watch.passes(guard, MONDAY));
  const asked = statement({ at: MONDAY + 1 })
  is(watch.conduct.check(guard.grant, asked, 'identify', MONDAY), 'too-many-requests')
  is(watch.conduct.check(guard.grant, asked, 'verify', MONDAY), undefined)
})

promises('lets an officer ask as often as the work needs in a day', () => {
  const watch = new Watch()
  const step = HOUR / (perHour - 1)
  for (let i = 0; i < perDay; i += 1) is(watch.passes(guard, MONDAY + i * step), true)
  is(watch.passes(guard, MONDAY + perDay * step), false)
  is(watch.passes(guard, MONDAY + DAY), true)
})

promises('counts what stands in logs, whichever node was asked', () => {
  const watch = new Watch()
  for (let i = 0; i < perHour; i += 1) watch.take(query(guard, { at: MONDAY + i }))
  is(watch.passes(guard, MONDAY + perHour), false)
  is(watch.passes(guard, MONDAY + HOUR), true)
})

promises('counts a request once, though it is let pass, logged, copied and enrolled by', () => {
  const watch = new Watch()
  for (let i = 0; i < perHour - 1; i += 1) {
    const at = MONDAY + i
    is(watch.passes(guard, at), true)
    watch.take(query(guard, { at }), query(guard, { at, loggedAt: at + 1 }))
  }
  is(watch.passes(guard, MONDAY + perHour), true)
  is(watch.passes(guard, MONDAY + perHour), false)

  const enrolling = new Watch()
  const most = ratesOf('enrolment-officer', 'enrol').officer.perHour
  for (let i = 0; i < most - 1; i += 1) {
    enrolling.take(...enrolment(registrar, `person ${i}`, 'almaty', { at: MONDAY + i }))
  }
  const check = (at: number) =>
    enrolling.conduct.check(registrar.grant, statement({ at }), 'enrol', MONDAY + HOUR / 2)
  const half = MONDAY + HOUR / 2
  equal([check(half), check(half + 1)], [undefined, 'too-many-requests'])
})

promises('counts a question that is sent again as the same, and another one as another', () => {
  const watch = new Watch()
  const asked = statement({ at: MONDAY })
  for (let i = 0; i < 2 * perHour; i += 1) {
    is(watch.conduct.check(guard.grant, asked, 'identify', MONDAY), undefined)
  }
  for (let i = 1; i < perHour; i += 1) is(watch.passes(guard, MONDAY + i), true)
  is(watch.passes(guard, MONDAY + perHour), false)
})

promises('does not let a log whose clock runs wild lock an officer out', () => {
  const watch = new Watch()
  for (let i = 0; i < perHour; i += 1) {
    watch.take(query(guard, { at: MONDAY + i, loggedAt: MONDAY + 90 * DAY }))
  }
  is(watch.passes(guard, MONDAY + 90 * DAY), true)
  is(watch.passes(guard, MONDAY + STATEMENT_AGE_MS_MAX), false)
})

promises('lets all officers of a post ask as often as the post needs', () => {
  const watch = new Watch()
  const { post } = ratesOf('border-officer', 'identify')
  const crowd = Array.from({ length: post.perHour / perHour }, (_, i) => {
    return officer(`guard-${i}`, 'border-officer')
  })
  for (const each of crowd) {
    for (let i = 0; i < perHour; i += 1) is(watch.passes(each, MONDAY, 'dostyk'), true)
  }
  is(watch.passes(other, MONDAY, 'dostyk'), false)
  is(watch.passes(other, MONDAY, 'khorgos'), true)
  const foreign = { ...other.grant, organisation: 'customs' }
  const asked = statement({ post: 'dostyk' })
  const reason = watch.conduct.check(foreign, asked, 'identify', MONDAY)
  is(reason, undefined, 'a post of another organisation is another post')
})

promises('raises an alarm when an officer goes through more persons than the work needs', () => {
  const most = personsPerDayOf('forensic-examiner')
  const watch = new Watch()
  for (let i = 0; i < most; i += 1) watch.take(look(i, MONDAY + i), look(i, MONDAY + i + 1))
  equal(watch.kinds(), [])
  watch.take(look(most, MONDAY + HOUR), look(most + 1, MONDAY + HOUR))
  equal(watch.kinds(), [`${2 * most} bulk`])
  const { officer: named, at } = watch.raised[0]!
  equal([named, at], [{ name: 'examiner', organisation: 'laboratory' }, MONDAY + HOUR])

  const slow = new Watch()
  for (let i = 0; i < 2 * most; i += 1) slow.take(look(i, MONDAY + (i * DAY) / most))
  equal(slow.kinds(), [], 'spread over two days it is what the work needs')
})

promises('raises no bulk alarm for a search that names many', () => {
  const watch = new Watch()
  const found = Array.from({ length: 64 }, (_, i) => `p${i}`)
  for (let i = 0; i < 3; i += 1) {
    const asked = query(examiner, { purpose: 'criminal-investigation', at: MONDAY + i })
    watch.take(
      asked,
      outcome(
        asked,
        found.map((name) => `${name} ${i}`),
      ),
    )
  }
  equal(watch.kinds(), [])
})

promises('raises no bulk alarm because an old log comes after a new one', () => {
  const watch = new Watch()
  const most = personsPerDayOf('forensic-examiner')
  for (const day of [30, 0]) {
    for (let i = 0; i < most; i += 1) {
      const handle = handleOf(`p${day} ${i}`)
      watch.take(query(examiner, { purpose: 'court-order', handle, at: MONDAY + day * DAY + i }))
    }
  }
  equal(watch.kinds(), [])
})

promises('raises an alarm out of hours, once a day, for those who keep hours', () => {
  const watch = new Watch()
  const status = (by: Officer, at: number) => {
    const purpose = by === protector ? 'data-protection' : 'border-control'
    return act([by], { type: 'status' }, { handle: handleOf('aigul'), purpose, at })
  }
  const night = MONDAY + 14 * HOUR
  watch.take(status(protector, MONDAY), status(guard, night))
  equal(watch.kinds(), [])
  watch.take(status(protector, night), status(protector, night + HOUR))
  equal(watch.kinds(), ['2 out-of-hours'])
  watch.take(status(protector, night + DAY))
  equal(watch.kinds(), ['2 out-of-hours', '4 out-of-hours'])
})

promises('raises an alarm when officers look at their own record', () => {
  const watch = new Watch()
  watch.take(
    query(guard, { handle: handleOf('aigul') }),
    query(guard, { handle: handleOf('guard') }),
  )
  equal(watch.kinds(), ['1 own-record'])
})

promises('raises an alarm when officers look at their relatives, or a search names one', () => {
  const watch = new Watch()
  watch.conduct.declareRelatives(guard.grant.publicKey, [handleOf('aunt')])
  watch.conduct.declareRelatives(examiner.grant.publicKey, [handleOf('son')])
  const asked = query(examiner, { purpose: 'criminal-investigation' })
  watch.take(query(other, { handle: handleOf('aunt') }), asked)
  equal(watch.kinds(), [])
  watch.take(query(guard, { handle: handleOf('aunt') }), outcome(asked, ['uncle', 'son']))
  equal(watch.kinds(), ['2 own-relative', '3 own-relative'])
})

promises('forgets relatives that are no longer declared', () => {
  const watch = new Watch()
  const key = guard.grant.publicKey
  watch.conduct.declareRelatives(key, [handleOf('aunt')])
  watch.conduct.declareRelatives(key, [])
  watch.take(query(guard, { handle: handleOf('aunt') }))
  equal(watch.kinds(), [])
})

promises('raises an alarm for whoever is refused again and again', () => {
  const watch = new Watch()
  for (let i = 0; i < REFUSALS_PER_DAY_MAX; i += 1) watch.take(tried(i))
  equal(watch.kinds(), [])
  watch.take(tried(REFUSALS_PER_DAY_MAX), tried(REFUSALS_PER_DAY_MAX + 1))
  equal(watch.kinds(), [`${REFUSALS_PER_DAY_MAX} refused-often`])
})

promises('shows the newest alarms first, and no more than are asked for', () => {
  const watch = new Watch()
  watch.take(own('a', MONDAY + 2), own('b', MONDAY + 3), own('c', MONDAY + 1))
  const shown = (limit: number) => watch.conduct.alarms(limit).map(({ at }) => at - MONDAY)
  equal([shown(0), shown(2), shown(9)], [[], [3, 2], [3, 2, 1]])
})

promises.run()

/** One person of many, by an examiner. */
function look(i: number, at: number): Uint8Array {
  return query(examiner, { purpose: 'criminal-investigation', handle: handleOf(`p${i}`), at })
}

function tried(i: number): Uint8Array {
  return refused(guard, 'role-may-not', { handle: handleOf('aigul'), at: MONDAY + i })
}

/** An officer of that name looks at their own record. */
function own(name: string, at: number): Uint8Array {
  const handle = handleOf(name)
  return query(officer(name, 'border-officer', handle), { handle, at })
}
