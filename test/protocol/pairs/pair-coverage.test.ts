import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { toHex } from '../../../crypto/bytes.ts'
import type { PairCoverage } from '../../../protocol/pairs/pair-coverage.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { covers, HonestLogs, LOGS, type WrittenRecord } from './support/honest-logs.ts'

const HISTORIES = 60
const ACTS = 60

const promises = suite('coverage of pairs')

promises('is what looking at every pair comes to', () => {
  let uncovered = 0
  for (const { logs, random } of histories()) {
    const coverage = logs.fold(random)
    const found = [...coverage.uncovered()].map(pairKey).sort()
    equal(found, pairsByLooking(logs))
    uncovered += found.length
  }
  ok(uncovered > HISTORIES)
})

promises('does not depend on the order in which logs are read', () => {
  for (const { logs, random } of histories()) {
    const [once, again] = [logs.fold(random), logs.fold(random)]
    equal(standings(logs, once), standings(logs, again))
    equal([...once.uncovered()].map(pairKey).sort(), [...again.uncovered()].map(pairKey).sort())
  }
})

promises('never lets two records of one person stand compared, however much was read', () => {
  let compared = 0
  let suspended = 0
  for (const { logs, random } of histories()) {
    // Each auditor has read another part of each log.
    const folds = Array.from({ length: 4 }, () => {
      const sizes = LOGS.map(
        (log) => [log, random.integer(1 + logs.logs.get(log)!.length)] as const,
      )
      return logs.fold(random, new Map(sizes))
    })
    const standing = new Map<number, Set<string>>()
    for (const coverage of [...folds, logs.fold(random)]) {
      for (const record of logs.records) {
        const { isCompared, rivals } = coverage.standing(record.leaf)
        if (rivals.length > 0) suspended += 1
        if (!isCompared || rivals.length > 0 || record.named.length > 0) continue
        compared += 1
        const { person, leaf } = record
        standing.set(person, (standing.get(person) ?? new Set()).add(toHex(leaf)))
      }
    }
    for (const records of standing.values()) is(records.size, 1)
  }
  ok(compared > 100 && suspended > 10)
})

promises('says the same of one record as of all: what is left to compare it with', () => {
  for (const { logs, random } of histories()) {
    const coverage = logs.fold(random)
    const left = logs.records.flatMap((record) => {
      return [...coverage.uncoveredOf(record.leaf)].map((other) => pairKey([record, other]))
    })
    equal([...new Set(left)].sort(), [...coverage.uncovered()].map(pairKey).sort())
  }
})

promises('asks nothing of what is no record any more', () => {
  const logs = new HonestLogs(new SeededRandom('gone'))
  for (const log of LOGS) logs.enrol(log)
  const coverage = logs.fold(new SeededRandom('gone'))
  is([...coverage.uncovered()].length, 3)
  coverage.setCurrent(logs.records[0]!.handle, undefined)
  is([...coverage.uncovered()].length, 1)
  is(coverage.records, 2)
})

promises('knows which log has not said yet that it knows of an enrolment', () => {
  const logs = new HonestLogs(new SeededRandom('silent'))
  logs.enrol('almaty')
  const coverage = logs.fold(new SeededRandom('silent'))
  equal(
    LOGS.map((log) => coverage.isBehind(log)),
    [false, true, true],
  )
  const { leaf } = logs.records[0]!
  const frontier = [{ node: 'almaty', size: 1 }]
  coverage.see({ log: 'astana', index: 0 }, frontier)
  is(coverage.standing(leaf).isCompared, false)
  coverage.see({ log: 'shymkent', index: 0 }, frontier)
  is(coverage.standing(leaf).isCompared, true)
  equal(
    coverage.changes().map((one) => toHex(one.leaf)),
    [toHex(leaf)],
  )
  equal(coverage.changes(), [])
})

promises.run()

function* histories(): Generator<{ logs: HonestLogs; random: SeededRandom }> {
  for (let seed = 0; seed < HISTORIES; seed += 1) {
    const random = new SeededRandom(`pairs ${seed}`)
    const logs = new HonestLogs(random)
    for (let act = 0; act < ACTS; act += 1) logs.act()
    yield { logs, random }
  }
}

/** By the definition: neither of the two, nor a cross-check of one, has taken in the other. */
function pairsByLooking({ records, logs }: HonestLogs): string[] {
  const checks = [...logs.values()].flat().filter((entry) => entry.type === 'cross-check')
  const hasTakenIn = (a: WrittenRecord, b: WrittenRecord): boolean => {
    const own = checks.filter(({ enrolment }) => toHex(enrolment.leaf) === toHex(a.leaf))
    return [a, ...own].some(({ frontier }) => covers(frontier, b))
  }
  const pairs = records.flatMap((a, place) => records.slice(0, place).map((b) => [a, b] as const))
  return pairs
    .filter(([a, b]) => !hasTakenIn(a, b) && !hasTakenIn(b, a))
    .map(pairKey)
    .sort()
}

function pairKey(pair: readonly { readonly leaf: Uint8Array }[]): string {
  return pair
    .map(({ leaf }) => toHex(leaf))
    .sort()
    .join(' ')
}

function standings({ records }: HonestLogs, coverage: PairCoverage) {
  return records.map(({ leaf }) => {
    const { isCompared, rivals } = coverage.standing(leaf)
    return [isCompared, rivals.map(({ candidate }) => toHex(candidate.handle)).sort()]
  })
}
