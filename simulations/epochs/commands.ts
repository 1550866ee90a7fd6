/** Commands as an operator types them, in the folder in which keys and rosters lie. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { TAMGA } from '../killed/node-process.ts'

export interface Ended {
  readonly status: number
  /** Both what it printed and what it complained of. */
  readonly said: string
}

export async function tamga(folder: string, ...args: readonly string[]): Promise<Ended> {
  const stdio = ['ignore', 'pipe', 'pipe'] as const
  const child = spawn(process.execPath, [TAMGA, ...args], { cwd: folder, stdio: [...stdio] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const [status] = (await once(child, 'close')) as [number | null]
  return { status: status ?? -1, said: said.trim() }
}

/** The same, which has to succeed. @throws Error with what it said */
export async function done(folder: string, ...args: readonly string[]): Promise<string> {
  const { status, said } = await tamga(folder, ...args)
  if (status === 0) return said
  throw new Error(`tamga ${args.join(' ')} ended with ${status}:\n${said}`)
}
