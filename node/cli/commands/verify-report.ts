/** `tamga verify-report`: whether an auditor said what stands in a report. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { InvalidNote, noteVerifier } from '../../../crypto/note.ts'
import { openReport } from '../../audit/report.ts'
import { TamgaError } from '../../../protocol/errors.ts'

export function addVerifyReport(program: Command): void {
  program
    .command('verify-report <folder>')
    .description("check an auditor's report: its signature, and the JSON beside it")
    .requiredOption('--auditor <vkey or file>', "the auditor's verification key")
    .action(async (folder: string, { auditor }: { auditor: string }) => verify(folder, auditor))
}

async function verify(folder: string, auditor: string): Promise<void> {
  const vkey = auditor.includes('+') ? auditor : (await readFile(auditor, 'utf8')).trim()
  const [text, json] = await Promise.all(
    ['report.txt', 'report.json'].map(async (name) => readFile(join(folder, name), 'utf8')),
  )
  try {
    console.log(openReport({ text: text!, json: json! }, noteVerifier(vkey)))
  } catch (cause) {
    if (!(cause instanceof InvalidNote)) throw cause
    throw new TamgaError('bad-signature', `not signed by this auditor: ${cause.message}`, { cause })
  }
}
