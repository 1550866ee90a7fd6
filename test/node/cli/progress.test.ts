import { suite } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import { Progress } from '../../../node/cli/progress.ts'

const promises = suite('how far a long command has come')

promises('is a bar on a terminal, which is gone when it has ended', () => {
  const { progress, written, pass } = shown(true)
  progress.show(1, 4)
  equal(written, [], 'not at once')
  pass(1_000)
  progress.show(2_000, 4_000)
  match(written.at(-1)!, /\r.*\[#{15}\.{15}\] audit 50 %, 2000 of 4000, 2000\/s$/)
  progress.show(2_001, 4_000)
  is(written.length, 1, 'and not with every step')
  progress.end()
  is(written.at(-1), '\r\u001B[K')
})

promises('is a line now and then anywhere else', () => {
  const { progress, written, pass } = shown(false)
  for (let second = 1; second <= 25; second += 1) {
    pass(1_000)
    progress.show(second, 25)
  }
  progress.end()
  equal(written, ['audit 40 %, 10 of 25, 1/s\n', 'audit 80 %, 20 of 25, 1/s\n'])
})

promises('is whole where there is nothing to do', () => {
  const { progress, written, pass } = shown(true)
  pass(1_000)
  progress.show(0, 0)
  match(written.at(-1)!, 'audit 100 %, 0 of 0')
})

function shown(isTTY: boolean) {
  let now = 5_000
  const written: string[] = []
  const write = (text: string | Uint8Array): boolean => written.push(String(text)) > 0
  const progress = new Progress('audit', { clock: { now: () => now }, out: { write, isTTY } })
  const pass = (ms: number): void => {
    now += ms
  }
  return { progress, written, pass }
}

promises.run()
