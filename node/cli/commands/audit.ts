/**
 * `tamga audit`: checks logs without a node, and writes a signed report. What a node is made of is
 * not even loaded for it, but to export the logs of one.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { toHex } from '../../../crypto/bytes.ts'
import { noteVerifier, type NoteSigner } from '../../../crypto/note.ts'
import { audit, type AuditResult } from '../../audit/audit.ts'
import { FolderSource } from '../../audit/folder-source.ts'
import { HttpSource } from '../../audit/http-source.ts'
import { KeptCheckpoints } from '../../audit/kept-checkpoints.ts'
import type { LogSource } from '../../audit/log-source.ts'
import { signReport } from '../../audit/report.ts'
import { systemClock } from '../../clock.ts'
import { systemRandom } from '../../random.ts'
import { readRoster, withRoster, type RosterOptions } from '../arguments.ts'
import { identityAt, overTls } from '../at-node.ts'
import { authoritySigner, authorityVkey, newKey, readKey, writeKey } from '../key-file.ts'
import { copyToken, type AuditorOptions } from '../log-copy.ts'
import { Progress } from '../progress.ts'
import { secureFetch } from '../secure-fetch.ts'
import { addAuditReplay } from './audit-replay.ts'

interface AuditCommandOptions extends RosterOptions, AuditorOptions {
  readonly state?: string
  readonly key?: string
  readonly out: string
  readonly unwitnessed?: boolean
  /** Whether each pair of enrolments has to be compared by now. */
  readonly pairs?: boolean
}

/** What a script is told. */
const STATUS: Record<AuditResult['verdict'], number> = { good: 0, finding: 1, unchecked: 2 }

export function addAudit(program: Command): void {
  const command = overTls(
    withRoster(
      program
        .command('audit <sources...>')
        .description(
          'check whole logs, in folders or at nodes: ends with 0 good, 1 finding, 2 unchecked',
        ),
    ),
  )
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : STATUS.unchecked))
    .option('--state <folder>', 'where every checkpoint is kept that was ever seen')
    .option('--key <file>', 'with which the report is signed; one is made if absent')
    .option('--out <folder>', 'where the report goes', 'audit-report')
    .option('--unwitnessed', 'take logs also where no quorum of witnesses has cosigned')
    .option('--officer <key file>', "an auditor's, to fetch logs from nodes; none for folders")
    .option('--credential <file>', "the auditor's; by default beside the key")
    .option('--post <name>', 'where the auditor sits')
    .option('--case <number>', 'under which case')
    .option('--basis <article>', 'the law or order that it rests on')
    .action(async (sources: string[], options: AuditCommandOptions) => run(sources, options))
  command
    .command('coverage <sources...>')
    .description('the same, and every pair of people must have been compared: lists who was not')
    .configureHelp({ showGlobalOptions: true })
    .action(async (sources: string[], _options: object, self: Command) => {
      await run(sources, { ...self.optsWithGlobals<AuditCommandOptions>(), pairs: true })
    })
  addAuditReplay(command)
  command
    .command('export <folder>')
    .description("write a stopped node's logs as files for an auditor: C2SP tlog-tiles")
    .requiredOption('--data <folder>', "the node's folder")
    .configureHelp({ showGlobalOptions: true })
    .action(async (folder: string, _options: object, self: Command) => {
      const { exportLogs } = await import('../export-logs.ts')
      await exportLogs(folder, self.optsWithGlobals<RosterOptions & { data: string }>())
    })
}

async function run(named: readonly string[], options: AuditCommandOptions): Promise<void> {
  try {
    process.exitCode = await check(named, options)
  } catch (error) {
    // What has no code is a fault of ours, and told in full. It is no finding either.
    const isTold = error instanceof Error && 'code' in error
    console.error(isTold ? `${String(error.code)}: ${error.message}` : error)
    process.exitCode = STATUS.unchecked
  }
}

async function check(named: readonly string[], options: AuditCommandOptions): Promise<number> {
  const { note, vkey, opened: roster } = await readRoster(options)
  const {
    state = join(homedir(), '.tamga-audit'),
    out,
    unwitnessed = false,
    pairs = false,
  } = options
  const sources: LogSource[] = []
  for (const name of named) sources.push(await sourceOf(name, options))
  const kept = await KeptCheckpoints.open(state, roster)
  const signer = await signerOf(options.key, state)
  const progress = new Progress('audit', { clock: systemClock, out: process.stderr })
  const result = await audit(
    {
      roster,
      rosterNote: note,
      authority: noteVerifier(vkey),
      isUnwitnessedTaken: unwitnessed,
      arePairsDemanded: pairs,
    },
    { sources, kept, clock: systemClock, onProgress: (done, total) => progress.show(done, total) },
  )
  progress.end()
  await writeReport(result, signer, out)
  return STATUS[result.verdict]
}

/** A folder, or a node that is asked for its logs first. */
async function sourceOf(name: string, options: AuditorOptions): Promise<LogSource> {
  if (!/^https?:\/\//.test(name)) return FolderSource.open(name)
  const token = await copyToken(name, options)
  const { tls } = options
  return new HttpSource({
    url: name,
    token,
    ...(tls && { fetch: secureFetch(await identityAt(tls)) }),
  })
}

async function writeReport(result: AuditResult, signer: NoteSigner, out: string): Promise<void> {
  const { text, json } = signReport(result, signer)
  await mkdir(join(out, 'evidence'), { recursive: true })
  await writeFile(join(out, 'report.txt'), text)
  await writeFile(join(out, 'report.json'), json)
  for (const { log, kept, shown, evidence } of result.contradictions) {
    if (evidence) await writeFile(join(out, 'evidence', `${log}.evidence`), evidence)
    for (const { size, root, note } of [kept, shown]) {
      const name = `${log}-${size}-${toHex(root.subarray(0, 4))}.note`
      await writeFile(join(out, 'evidence', name), note)
    }
  }
  console.log(text)
}

/** The auditor's key: the one that is named, or the one that the state has from its first day. */
async function signerOf(file: string | undefined, state: string): Promise<NoteSigner> {
  if (file !== undefined) return authoritySigner(await readKey(file, 'auditor'))
  const own = join(state, 'auditor.key')
  try {
    return authoritySigner(await readKey(own, 'auditor'))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  const key = newKey({ kind: 'auditor', name: 'auditor' }, systemRandom)
  await writeKey(own, key)
  console.error(`a new key signs the reports, and is checked with ${authorityVkey(key)}`)
  return authoritySigner(key)
}
