/** `tamga verify-answer`: checks an answer offline, with the roster and nothing else. */
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { toHex } from '../../../crypto/bytes.ts'
import { verifyAnswer } from '../../audit/verify-answer.ts'
import { readRoster, withRoster, type RosterOptions } from '../arguments.ts'

export function addVerifyAnswer(program: Command): void {
  withRoster(
    program.command('verify-answer <file>').description('check an answer that was kept, offline'),
  ).action(async (file: string, options: RosterOptions) => verify(file, options))
}

async function verify(file: string, options: RosterOptions): Promise<void> {
  const { opened: roster } = await readRoster(options)
  const started = performance.now()
  const verified = verifyAnswer(new Uint8Array(await readFile(file)), roster)
  const took = performance.now() - started
  const { answer, statement, parts, searched, checked } = verified
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
}

function time(at: number): string {
  return new Date(at).toISOString()
}
