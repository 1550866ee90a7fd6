/** `tamga verify-answer`: checks an answer offline, with the roster and nothing else. */
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { toHex } from '../../../crypto/bytes.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { checkDemand } from '../../audit/coverage.ts'
import { FolderSource } from '../../audit/folder-source.ts'
import { Unreadable } from '../../audit/log-source.ts'
import { soundLogs } from '../../audit/sound-logs.ts'
import { verifyAnswer, type VerifiedAnswer } from '../../audit/verify-answer.ts'
import { verifyTemplates } from '../../audit/verify-templates.ts'
import type { Roster } from '../../../protocol/roster.ts'
import { systemClock } from '../../clock.ts'
import { readRoster, wholeNumber, withRoster, type RosterOptions } from '../arguments.ts'

/** A century. */
const AGE_S_MAX = 3_155_760_000

interface VerifyOptions extends RosterOptions {
  readonly maxAge?: number
  readonly unwitnessed?: boolean
  readonly logs?: string
}

export function addVerifyAnswer(program: Command): void {
  withRoster(
    program.command('verify-answer <file>').description('check an answer that was kept, offline'),
  )
    .option(
      '--max-age <seconds>',
      'refuse what witnesses saw longer ago',
      wholeNumber(0, AGE_S_MAX),
    )
    .option('--unwitnessed', 'take it also where no quorum of witnesses has cosigned')
    .option('--logs <folder>', 'exported logs: whether everybody was searched whom they name')
    .action(async (file: string, options: VerifyOptions) => verify(file, options))
}

async function verify(file: string, options: VerifyOptions): Promise<void> {
  const { opened: roster } = await readRoster(options)
  const started = performance.now()
  const verified = verifyAnswer(new Uint8Array(await readFile(file)), roster)
  const took = performance.now() - started
  const { answer, statement, parts, searched, checked, coverage } = verified
  const answered = answer.shards.filter(({ answeredBy }) => answeredBy !== undefined)
  const silent = answer.shards.filter(({ answeredBy }) => answeredBy === undefined)
  console.log(`verified: ${answer.verdict}, by ${answer.node} at ${time(answer.at)}`)
  console.log(
    `  asked   ${statement.action} for ${statement.purpose}, case ${statement.caseNumber}`,
  )
  console.log(`  shards  ${answered.length} of ${answer.shards.length} answered`)
  if (silent.length > 0) console.log(`  silent  ${silent.map(({ shard }) => shard).join(' ')}`)
  for (const part of parts) {
    const counts = part.shards.map((count) => `${count.shard}: ${count.searched}`)
    console.log(`  part    ${part.node} searched shard ${counts.join(', ')} people`)
  }
  console.log(`  people  ${searched} compared`)
  for (const { handle, score, log, index } of answer.candidates) {
    console.log(`  found   ${toHex(handle)} with score ${score}, enrolled in ${log} at ${index}`)
  }
  console.log(
    `  checked ${checked.inclusions} inclusion proofs and ${checked.signatures} signatures ` +
      `in ${took.toFixed(1)} ms`,
  )
  const { witnesses, mirrors, at } = coverage
  const seen = at === undefined ? 'never seen by a witness' : `last seen at ${time(at)}`
  console.log(`  covered by ${witnesses} witnesses and ${mirrors} mirrors at least, ${seen}`)
  if (options.logs !== undefined) await sayTemplates(verified, options.logs, roster)
  const { maxAge, unwitnessed = false } = options
  const ageMsMax = maxAge === undefined ? undefined : 1_000 * maxAge
  checkDemand(coverage, { quorum: !unwitnessed, ageMsMax, now: systemClock.now() })
}

/** Fails where a part did not search all that it had to, or nobody can tell. */
async function sayTemplates(
  verified: VerifiedAnswer,
  folder: string,
  roster: Roster,
): Promise<void> {
  const logs = await soundLogs(await openFolder(folder), roster)
  const checked = await verifyTemplates(verified, { logs, roster })
  for (const { node, shard, searched, due, verdict } of checked) {
    if (verdict === 'same') continue
    const what =
      verdict === 'unknown'
        ? `the logs in ${folder} end before it`
        : `${searched} people searched, where the logs name ${due}, or others`
    console.log(`  shard ${shard}, searched by ${node}: ${what}`)
    process.exitCode = 1
  }
  const same = checked.filter(({ verdict }) => verdict === 'same')
  console.log(`  templates as the logs have them in ${same.length} of ${checked.length} shards`)
}

/** @throws TamgaError `not-found` */
async function openFolder(folder: string): Promise<FolderSource> {
  try {
    return await FolderSource.open(folder)
  } catch (cause) {
    if (!(cause instanceof Unreadable)) throw cause
    throw new TamgaError('not-found', cause.message, { cause })
  }
}

function time(at: number): string {
  return new Date(at).toISOString()
}
