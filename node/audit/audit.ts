/**
 * The audit: everything that can be known of a register from its logs, its roster and the
 * checkpoints that this auditor has seen before. Needs no node, and believes none.
 *
 * Reads every log twice and holds none of it: what is remembered of an entry is some 30 bytes, and
 * of an enrolment its life and its frontier.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import type { OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import type { Hash } from '../../crypto/hash.ts'
import { InvalidTile, TILE_WIDTH } from '../../crypto/merkle/tile.ts'
import type { NoteVerifier } from '../../crypto/note.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { logsOf } from '../../protocol/epochs.ts'
import { rosterDigest, type Roster, type RosterNode } from '../../protocol/roster.ts'
import { checkEvidence, checkRoster } from './check-source.ts'
import { convict } from './convict.ts'
import { coverOf, remarkCover, type CoveredBy } from './cover.ts'
import { EntryCheck, type EntryKind } from './entry-check.ts'
import type { PairCounts } from './pair-check.ts'
import { isSameTree, type KeptCheckpoints } from './kept-checkpoints.ts'
import { Unreadable, type LogSource } from './log-source.ts'
import { Remarks, type Remark, type RemarkCode } from './remarks.ts'
import type { ReferenceCounts } from './references.ts'
import { shownBy, type ShownCheckpoint } from './shown-checkpoints.ts'
import {
  bundlesOf,
  rebuildTree,
  remarkBundle,
  type LogFiles,
  type RebuiltTree,
} from './verify-tree.ts'

export interface AuditOptions {
  readonly roster: Roster
  readonly rosterNote: string
  /** Who signs rosters. */
  readonly authority: NoteVerifier
  /** Whether a log is taken also where no quorum of witnesses has cosigned any of it. */
  readonly isUnwitnessedTaken: boolean
  /** Whether a pair of enrolments that was not compared is a finding, however new it is. */
  readonly arePairsDemanded?: boolean
}

export interface AuditModules {
  /**
   * At least one. Of each log, the source that shows most of it is read, and access records are
   * taken from whichever has them.
   */
  readonly sources: readonly LogSource[]
  readonly kept: KeptCheckpoints
  readonly clock: { now(): number }
  /** Hears how far it has come: entries read, of both passes. */
  readonly onProgress?: (done: number, total: number) => void
}

/** Two notes of one log that cannot both be true, or of which the later one shows less. */
export interface Contradiction {
  readonly log: string
  readonly kept: OpenedCheckpoint
  readonly shown: OpenedCheckpoint
  /** What convicts the log; a log that shows less is not convicted by that. */
  readonly evidence: Uint8Array | undefined
}

export interface AuditedLog extends CoveredBy {
  readonly log: string
  /** Where it was read from. */
  readonly source: string
  readonly size: number
  readonly root: Hash
  /** Entries that could be read. */
  readonly entries: number
  readonly kinds: ReadonlyMap<EntryKind, number>
  readonly tiles: number
  /** Older checkpoints that its tree was held against, shown and kept. */
  readonly checkpoints: number
}

export interface AuditResult {
  readonly verdict: Remarks['verdict']
  readonly at: number
  readonly ms: number
  readonly network: string
  readonly rosterDigest: Uint8Array
  readonly epoch: number
  readonly sources: readonly string[]
  readonly logs: readonly AuditedLog[]
  readonly signatures: number
  readonly references: ReferenceCounts
  readonly pairs: PairCounts
  readonly remarks: readonly Remark[]
  readonly counts: ReadonlyMap<RemarkCode, number>
  readonly contradictions: readonly Contradiction[]
}

/** One log, and what is to be read of it. */
interface OpenedLog {
  readonly node: RosterNode
  readonly files: LogFiles
  readonly newest: ShownCheckpoint
  readonly others: readonly ShownCheckpoint[]
}

/** @throws TamgaError and the like only for faults of ours: whatever is read becomes a remark */
export async function audit(options: AuditOptions, modules: AuditModules): Promise<AuditResult> {
  return new Audit(options, modules).run()
}

class Audit {
  readonly #options: AuditOptions
  readonly #modules: AuditModules
  readonly #remarks = new Remarks()
  readonly #entries: EntryCheck
  readonly #contradictions: Contradiction[] = []
  readonly #digest: Uint8Array
  readonly #trees = new Map<string, RebuiltTree>()
  #done = 0
  #total = 0

  constructor(options: AuditOptions, modules: AuditModules) {
    this.#options = options
    this.#modules = modules
    this.#digest = rosterDigest(options.rosterNote)
    const { roster, arePairsDemanded = false } = options
    this.#entries = new EntryCheck(
      { roster, rosterDigest: this.#digest, arePairsDemanded },
      { remarks: this.#remarks, sources: modules.sources },
    )
  }

  async run(): Promise<AuditResult> {
    const { roster } = this.#options
    const { clock, sources } = this.#modules
    const at = clock.now()
    for (const source of sources) {
      await checkRoster(source, { ...this.#options, digest: this.#digest }, this.#remarks)
      await checkEvidence(source, roster, this.#remarks)
    }
    const opened: OpenedLog[] = []
    for (const node of logsOf(roster)) opened.push(...(await this.#open(node)))
    this.#total = 2 * opened.reduce((sum, { newest }) => sum + Number(newest.checkpoint.size), 0)
    const logs: AuditedLog[] = []
    for (const log of opened) logs.push(await this.#verify(log))
    for (const { files } of opened) await this.#readAgain(files)
    const { references, pairs } = this.#entries.finish()
    return {
      verdict: this.#remarks.verdict,
      at,
      ms: clock.now() - at,
      network: roster.network,
      rosterDigest: this.#digest,
      epoch: roster.epoch,
      sources: sources.map(({ name }) => name),
      logs,
      signatures: this.#entries.signatures,
      references,
      pairs,
      remarks: this.#remarks.shown,
      counts: this.#remarks.counts,
      contradictions: this.#contradictions,
    }
  }

  /** Finds what there is of a log, and keeps every checkpoint of it before all else. */
  async #open(node: RosterNode): Promise<OpenedLog[]> {
    const { roster } = this.#options
    const { sources, kept } = this.#modules
    const shown: ShownCheckpoint[] = []
    for (const source of sources) {
      shown.push(...(await shownBy(source, node, { roster, remarks: this.#remarks })))
    }
    const before = [...kept.of(node.name)]
    await kept.keep(
      node.name,
      shown.map(({ checkpoint }) => checkpoint),
    )
    const [first, ...rest] = shown.filter(({ source }) => source !== undefined)
    if (!first) return []
    const newest = rest.reduce((most, other) => {
      return other.checkpoint.size > most.checkpoint.size ? other : most
    }, first)
    const known = before.map((checkpoint): ShownCheckpoint => {
      return { checkpoint, from: 'seen before', source: undefined }
    })
    const others = [...shown.filter((other) => other !== newest), ...known]
    const files = { log: node.name, source: newest.source!, folder: `logs/${node.name}` }
    return [{ node, files, newest, others }]
  }

  /** First pass: the tree, all that is said of it, and what the entries are. */
  async #verify({ node, files, newest, others }: OpenedLog): Promise<AuditedLog> {
    const log = node.name
    const { checkpoint } = newest
    const size = Number(checkpoint.size)
    const sizes = [checkpoint, ...others.map((other) => other.checkpoint)].map((each) => each.size)
    const tree = await rebuildTree(
      files,
      { size, sizes },
      {
        remarks: this.#remarks,
        visit: async (bundle, leaves) => {
          await this.#entries.learn(log, bundle, leaves)
          this.#progress(leaves.length)
        },
      },
    )
    this.#trees.set(log, tree)
    const isWhole = tree.size === size
    const isRebuilt = isWhole && equalBytes(tree.root, checkpoint.root)
    if (isWhole && !isRebuilt) {
      this.#remarks.add('root', { log }, 'the entries do not make the tree that the log signed')
    }
    const rebuilt = isRebuilt ? tree : undefined
    const sound = [checkpoint]
    for (const other of others) {
      if (await this.#compare(files, newest, other, rebuilt)) sound.push(other.checkpoint)
    }
    const cover = coverOf(log, sound, this.#options.roster)
    remarkCover({ log, size }, cover, this.#options, this.#remarks)
    return {
      log,
      source: files.source.name,
      size,
      root: checkpoint.root,
      entries: tree.size,
      kinds: this.#entries.kinds(log),
      tiles: tree.tiles,
      checkpoints: others.length,
      ...cover,
    }
  }

  /** Second pass: the entries themselves, as many as could be read before, and no other ones. */
  async #readAgain(files: LogFiles): Promise<void> {
    const { size, digests } = this.#trees.get(files.log)!
    try {
      for await (const bundle of bundlesOf(files, size)) {
        if (!equalBytes(bundle.digest, digests[bundle.from / TILE_WIDTH]!)) {
          throw new Unreadable(
            'unreadable',
            `entry ${bundle.from} and on changed while it was read`,
          )
        }
        await this.#entries.check(files.log, bundle)
        this.#progress(bundle.entries.length)
      }
    } catch (error) {
      remarkBundle(error, { log: files.log, index: 0 }, this.#remarks)
    }
  }

  /** Whether an older checkpoint is of the same history as the newest one. */
  async #compare(
    files: LogFiles,
    { checkpoint: newest }: ShownCheckpoint,
    { checkpoint, from }: ShownCheckpoint,
    tree: RebuiltTree | undefined,
  ): Promise<boolean> {
    if (isSameTree(checkpoint, newest)) return true
    const { log } = files
    const { size, root } = checkpoint
    const what = `of ${size} entries (${from})`
    const before = size === newest.size ? newest.root : tree?.roots.get(size)
    const kept = { log, kept: checkpoint, shown: newest }
    if (size > newest.size) {
      const less = `only ${newest.size} entries are shown, and there was a checkpoint ${what}`
      this.#remarks.add('rolled-back', { log }, less)
      this.#contradictions.push({ ...kept, evidence: undefined })
    } else if (before === undefined) {
      const unknown = `a checkpoint ${what} cannot be compared with a tree that is not whole`
      this.#remarks.add('unreadable', { log }, unknown)
    } else if (equalBytes(before, root)) return true
    else {
      this.#remarks.add('split-view', { log }, `a checkpoint ${what} is of another tree`)
      const pair = { newest, other: checkpoint, root: before }
      this.#contradictions.push({ ...kept, evidence: await this.#convicted(files, pair) })
    }
    return false
  }

  /** Undefined where what it takes cannot be read, which has been remarked before. */
  async #convicted(
    files: LogFiles,
    pair: Parameters<typeof convict>[1],
  ): Promise<Uint8Array | undefined> {
    try {
      return await convict(files, pair, this.#options.roster)
    } catch (error) {
      const isOfFiles = error instanceof Unreadable || error instanceof InvalidTile
      if (isOfFiles || error instanceof TamgaError) return undefined
      throw error
    }
  }

  #progress(entries: number): void {
    this.#done += entries
    this.#modules.onProgress?.(this.#done, this.#total)
  }
}
