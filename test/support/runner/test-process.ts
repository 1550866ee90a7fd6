/** A child process for test files, and what comes of each file. */
import { fork, type ChildProcess } from 'node:child_process'
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** What the child says after each suite, and when a file is done. */
export interface Progress extends Counts {
  readonly isDone: boolean
}

export interface FileOutcome extends Counts {
  /** All that was written, by the child and by what it has started. */
  readonly output: string
}

/**
 * Owns the child and a folder for its output. That is a file, so that all of it is there when the
 * child says that it is done, and nothing is lost when the child dies.
 */
export class TestProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), 'tamga-tests-'))
  readonly #output = openSync(join(this.#folder, 'output'), 'a+')
  readonly #child: ChildProcess
  #death: string | undefined

  constructor() {
    const entry = fileURLToPath(new URL('./test-file.js', import.meta.url))
    this.#child = fork(entry, { stdio: ['ignore', this.#output, this.#output, 'ipc'] })
    this.#child.once('exit', (code, signal) => {
      this.#death = signal ?? `exit code ${code}`
    })
  }

  /** Whether it can run another file. */
  get isAlive(): boolean {
    return this.#death === undefined
  }

  /** One file at a time. One that takes longer than `msMax`, or ends the child, has failed. */
  async run(file: string, msMax: number): Promise<FileOutcome> {
    const counts = { passed: 0, failed: 0, skipped: 0 }
    const fault = await this.#untilDone(file, msMax, ({ passed, failed, skipped }) => {
      counts.passed += passed
      counts.failed += failed
      counts.skipped += skipped
    })
    const written = readFileSync(join(this.#folder, 'output'), 'utf8')
    ftruncateSync(this.#output)
    if (fault === undefined) return { ...counts, output: written }
    return { ...counts, failed: counts.failed + 1, output: `${written}\n${fault}\n` }
  }

  close(): void {
    if (this.#child.connected) this.#child.disconnect()
    closeSync(this.#output)
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** What has gone wrong, unless the child came to the file's end. */
  async #untilDone(
    file: string,
    msMax: number,
    onProgress: (counts: Counts) => void,
  ): Promise<string | undefined> {
    const child = this.#child
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      child.kill('SIGKILL')
    }, msMax)
    let onExit: (() => void) | undefined
    try {
      return await new Promise((resolve) => {
        child.on('message', (progress: Progress) => {
          onProgress(progress)
          if (progress.isDone) resolve(undefined)
        })
        onExit = () => {
          const end = isLate ? `took longer than ${msMax} ms` : `ended its process: ${this.#death}`
          resolve(`${file} ${end}`)
        }
        child.once('exit', onExit)
        // A child that is gone cannot be told: its exit is what is heard of it then.
        child.send(file, () => undefined)
      })
    } finally {
      clearTimeout(timer)
      if (onExit) child.off('exit', onExit)
      child.removeAllListeners('message')
    }
  }
}
