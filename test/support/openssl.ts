/** OpenSSL's command line, an implementation that is not ours to hold our encodings against. */
import { spawnSync } from 'node:child_process'

export interface OpensslRun {
  readonly status: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

let isThere: boolean | undefined

/** What a command says; undefined (after one notice) where there is no OpenSSL. */
export function openssl(args: readonly string[], input?: Uint8Array): OpensslRun | undefined {
  if (isThere === undefined) {
    isThere = spawnSync('openssl', ['version']).status === 0
    if (!isThere) console.log('  left out: openssl is not at hand')
  }
  if (!isThere) return undefined
  const { status, stdout, stderr } = spawnSync('openssl', args, { ...(input && { input }) })
  return { status, stdout, stderr: stderr.toString() }
}
