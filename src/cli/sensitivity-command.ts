import type { Command } from 'commander'
import type { SensitivityOptions } from '../app/sensitivity/sensitivity.ts'
import { number, pair } from './option-values.ts'
import { type Common, example, reporterFor, verb } from './verb.ts'

export function addSensitivity(program: Command): void {
  verb(program, 'sensitivity')
    .argument('<dir>', 'an explainer that fit wrote, with --model')
    .argument('<input>', 'test/12 or train/12, a picture, or X.npy#12')
    .description('write by how much a logit changes with each number of an input, by training example')
    .requiredOption('--out <dir>', 'the folder to write the maps to')
    .option('--output <name>', 'predicted, label, or an output by name or index (predicted)')
    .option('--contrast <A,B>', 'explain output A against output B', pair)
    .option('--k <number>', 'how many examples of each kind (8)', number)
    .option('--force', 'replace maps that are there')
    .option('--verify', 'check every checksum of the explainer first')
    .addHelpText('after', example('representer sensitivity explainer test/12 --out maps'))
    .action(
      async (
        directory: string,
        input: string,
        flags: Common & Omit<SensitivityOptions, 'directory' | 'input'>,
      ) => {
        const { json, quiet, verbose: _, ...options } = flags
        const { runSensitivity } = await import('./sensitivity.ts')
        await runSensitivity({ directory, input, ...options }, reporterFor({ json, quiet }))
      },
    )
}
