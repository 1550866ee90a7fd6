/** The keys under which a log stands in the store. */
export interface LogKeys {
  /** What all of them begin with. */
  readonly prefix: string
  readonly size: string
  readonly checkpoint: string
  readonly cosigned: string
  readonly towards: string
  entry(index: number): string
  tile(level: number, index: bigint): string
}

export function logKeys(name: string): LogKeys {
  return {
    prefix: `log/${name}/`,
    size: `log/${name}/size`,
    checkpoint: `log/${name}/checkpoint`,
    cosigned: `log/${name}/cosigned`,
    towards: `log/${name}/towards`,
    entry: (index) => `log/${name}/entry/${hex(index)}`,
    tile: (level, index) => `log/${name}/tile/${level}/${hex(index)}`,
  }
}

/** Fixed width, so that keys sort as the numbers do. */
function hex(number: number | bigint): string {
  return number.toString(16).padStart(16, '0')
}
