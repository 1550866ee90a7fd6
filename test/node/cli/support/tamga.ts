/** The `tamga` command as a user runs it: a process of its own, the compiled program. */
import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../../../node/cli/main.js', import.meta.url))

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command in `folder` to its end. */
export function tamga(folder: string, ...args: readonly string[]): Promise<Ran> {
  return ran(folder, [MAIN, ...args])
}

/** The same, in a process that ends when it loads anything whose URL matches. */
export function tamgaWithout(loaded: RegExp, folder: string, ...args: string[]): Promise<Ran> {
  const hook = `export async function resolve(specifier, context, next) {
    const found = await next(specifier, context)
    if (${String(loaded)}.test(found.url)) throw new Error('it loads ' + found.url)
    return found
  }`
  const setUp = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hook))})`
  return ran(folder, ['--import', dataUrl(setUp), MAIN, ...args])
}

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`
}

function ran(folder: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: folder })
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, ...output }))
  })
}

/** A command that goes on until it is stopped. */
export class Running {
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>
  #output = ''

  constructor(folder: string, ...args: readonly string[]) {
    this.#child = spawn(process.execPath, [MAIN, ...args], { cwd: folder })
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()))
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()))
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', resolve)
    })
  }

  get output(): string {
    return this.#output
  }

  /** Resolves when the output matches; rejects when the command ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#output)
      if (found) return found
      const isOver = await Promise.race([this.#ended.then(() => true), shortly()])
      if (isOver) throw new Error(`it ended without ${String(pattern)}:\n${this.#output}`)
    }
  }

  /** Ctrl-C. Resolves with the exit status. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGINT')
    return this.#ended
  }

  /** SIGKILL: it is gone as in a power cut. */
  async kill(): Promise<number | null> {
    this.#child.kill('SIGKILL')
    return this.#ended
  }
}

function shortly(): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), 20)
  })
}
