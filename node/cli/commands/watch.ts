/** `tamga watch`: for whom posts look out. Takes two. */
import { Option, type Command } from 'commander'
import { WATCH_CAUSES } from '../../../protocol/deed.ts'
import { aboutPerson, byTwo, doDeed, type DeedOptions } from '../deeds.ts'

interface WatchOptions extends DeedOptions {
  readonly cause: (typeof WATCH_CAUSES)[number]
}

export function addWatch(program: Command): void {
  const watch = program.command('watch').description('change the watch list: takes two')
  for (const [name, listed] of [
    ['add', 'added'],
    ['remove', 'removed'],
  ] as const) {
    byTwo(aboutPerson(watch.command(name).description(`a person is ${listed}`)))
      .addOption(new Option('--cause <cause>', 'why').choices(WATCH_CAUSES).makeOptionMandatory())
      .action(async (options: WatchOptions) => {
        await doDeed('/v1/watch-list', { type: 'watch', listed, cause: options.cause }, options)
      })
  }
}
