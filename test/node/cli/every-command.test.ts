import { Command } from 'commander'
import { suite } from 'uvu'
import { equal } from 'uvu/assert'
import { addCommands, COMMANDS } from '../../../node/cli/every-command.ts'

const promises = suite('the commands')

for (const [names] of COMMANDS) {
  promises(`${names.join(', ')}: found by name, each without the others`, async () => {
    for (const name of names) equal(await added(name), names)
  })
}

promises('are all there where none is named', async () => {
  const all = COMMANDS.flatMap(([names]) => names)
  equal(await added(), all)
  equal(await added('--help'), all)
  equal(await added('no-such-command'), all)
})

promises.run()

async function added(name?: string): Promise<string[]> {
  const program = new Command()
  await addCommands(program, name)
  return program.commands.map((command) => command.name())
}
