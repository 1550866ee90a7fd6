/** `tamga verify-list`: checks a list of accesses or a breach report, with the roster alone. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { toBase64, toHex } from '../../../crypto/bytes.ts'
import type { AccessList } from '../../../protocol/access-list.ts'
import type { BreachReport } from '../../../protocol/breach-report.ts'
import type { Place } from '../../../protocol/covered-log.ts'
import type { Roster } from '../../../protocol/roster.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import type { Completeness } from '../../audit/replay.ts'
import { completeAccessList, verifyAccessList } from '../../audit/verify-access-list.ts'
import { completeBreachReport, verifyBreachReport } from '../../audit/verify-breach-report.ts'
import { LevelStore } from '../../store/level-store.ts'
import { readRoster, withRoster, type RosterOptions } from '../arguments.ts'
import { wholeSources } from '../whole-logs.ts'

interface VerifyOptions extends RosterOptions {
  readonly data?: string
}

export function addVerifyList(program: Command): void {
  withRoster(
    program
      .command('verify-list <file>')
      .description('check a list of accesses or a breach report that was kept, offline'),
  )
    .option('--data <folder>', "a stopped node's folder: whether the list is complete by its logs")
    .action(async (file: string, options: VerifyOptions) => verify(file, options))
}

async function verify(file: string, options: VerifyOptions): Promise<void> {
  const { opened: roster } = await readRoster(options)
  const encoded = new Uint8Array(await readFile(file))
  const list = accessListOr(encoded, roster)
  const report = list ? undefined : verifyBreachReport(encoded, roster)
  if (list) sayAccesses(list)
  if (report) sayBreach(report)
  if (options.data === undefined) return
  const store = await LevelStore.open(join(options.data, 'store'), { createIfMissing: false })
  try {
    const sources = await wholeSources(store, roster)
    sayComplete(
      list ? await completeAccessList(list, sources) : await completeBreachReport(report!, sources),
    )
  } finally {
    await store.close()
  }
}

function sayComplete(completeness: Completeness): void {
  const { isComplete, missing, invented, changed, unread } = completeness
  if (isComplete) {
    console.log('complete: the logs say this and no more')
    return
  }
  for (const [what, places] of Object.entries({ missing, invented, changed })) {
    for (const place of places) console.log(`${what}: ${placeText(place)}`)
  }
  const logs = [...new Set(unread.map(({ log }) => log))]
  for (const log of logs) {
    const entries = unread.filter((place) => place.log === log).length
    console.log(`unread: ${log}, ${entries} entries: their access records are not in this folder`)
  }
  const isOther = missing.length + invented.length + changed.length > 0 || unread.length === 0
  console.log(
    isOther ? 'not complete: the logs say something else' : 'nothing else is in what is here',
  )
  process.exitCode = isOther ? 1 : 2
}

/** What has another shape may still be a breach report. */
function accessListOr(encoded: Uint8Array, roster: Roster): AccessList | undefined {
  try {
    return verifyAccessList(encoded, roster)
  } catch (error) {
    if (asTamgaError(error).code === 'malformed') return undefined
    throw error
  }
}

function sayAccesses(list: AccessList): void {
  const { handle, node, at, accesses } = list
  console.log(`verified: accesses to ${toHex(handle)}, by ${node} at ${time(at)}`)
  sayPage(list, accesses.length)
  for (const access of accesses) {
    const { at: when, kind, by } = access
    const who = by.map(({ organisation, role, purpose, legalBasis }) => {
      return `${organisation} (${role}) for ${purpose}, ${legalBasis}`
    })
    console.log(`  ${time(when)}  ${kind}  ${who.join(' and ')}  [${placeText(access)}]`)
  }
}

function sayBreach(report: BreachReport): void {
  const { officer, node, at, from, to, acts } = report
  console.log(`verified: acts of ${toBase64(officer)}, by ${node} at ${time(at)}`)
  console.log(`  signed from ${time(from)} and before ${time(to)}`)
  sayPage(report, acts.length)
  for (const act of acts) {
    const { at: when, what, handles, extent } = act
    const whom = extent === 'unknown' ? 'anybody' : handles.map(toHex).join(', ') || 'nobody'
    console.log(`  ${time(when)}  ${what}  ${whom}  [${placeText(act)}]`)
  }
}

function sayPage(page: AccessList | BreachReport, rows: number): void {
  const { offset, total, frontier, unheard } = page
  const sizes = frontier.map(({ node, size }) => `${node} ${size}`)
  console.log(`  rows    ${offset} to ${offset + rows} of ${total}`)
  console.log(`  logs    ${sizes.join(', ')}`)
  if (unheard.length === 0) return
  console.log(`  unheard ${unheard.join(', ')}: nobody who keeps their access records answered`)
}

function placeText({ log, index, record }: Place): string {
  return record === undefined ? `${log} ${index}` : `${log} ${index} ${record}`
}

function time(at: number): string {
  return new Date(at).toISOString()
}
