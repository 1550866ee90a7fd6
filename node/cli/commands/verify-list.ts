/** `tamga verify-list`: checks a list of accesses or a breach report, with the roster alone. */
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { toBase64, toHex } from '../../../crypto/bytes.ts'
import type { AccessList } from '../../../protocol/access-list.ts'
import type { BreachReport } from '../../../protocol/breach-report.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import type { Roster } from '../../../protocol/roster.ts'
import { verifyAccessList } from '../../audit/verify-access-list.ts'
import { verifyBreachReport } from '../../audit/verify-breach-report.ts'
import { readRoster, withRoster, type RosterOptions } from '../arguments.ts'

export function addVerifyList(program: Command): void {
  withRoster(
    program
      .command('verify-list <file>')
      .description('check a list of accesses or a breach report that was kept, offline'),
  ).action(async (file: string, options: RosterOptions) => verify(file, options))
}

async function verify(file: string, options: RosterOptions): Promise<void> {
  const { opened: roster } = await readRoster(options)
  const encoded = new Uint8Array(await readFile(file))
  const list = accessListOr(encoded, roster)
  if (list) sayAccesses(list)
  else sayBreach(verifyBreachReport(encoded, roster))
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
  for (const { at: when, kind, by, log, index } of accesses) {
    const who = by.map(({ organisation, role, purpose, legalBasis }) => {
      return `${organisation} (${role}) for ${purpose}, ${legalBasis}`
    })
    console.log(`  ${time(when)}  ${kind}  ${who.join(' and ')}  [${log} ${index}]`)
  }
}

function sayBreach(report: BreachReport): void {
  const { officer, node, at, from, to, acts } = report
  console.log(`verified: acts of ${toBase64(officer)}, by ${node} at ${time(at)}`)
  console.log(`  signed from ${time(from)} and before ${time(to)}`)
  sayPage(report, acts.length)
  for (const { at: when, what, handles, extent, log, index } of acts) {
    const whom = extent === 'unknown' ? 'anybody' : handles.map(toHex).join(', ') || 'nobody'
    console.log(`  ${time(when)}  ${what}  ${whom}  [${log} ${index}]`)
  }
}

function sayPage({ offset, total, frontier }: AccessList | BreachReport, rows: number): void {
  const sizes = frontier.map(({ node, size }) => `${node} ${size}`)
  console.log(`  rows    ${offset} to ${offset + rows} of ${total}`)
  console.log(`  logs    ${sizes.join(', ')}`)
}

function time(at: number): string {
  return new Date(at).toISOString()
}
