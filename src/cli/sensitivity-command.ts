import { type Command, Option } from 'commander'
import type { SensitivityOptions } from '../app/sensitivity/sensitivity.ts'
import { further, number, pair } from './option-values.ts'
import { type Common, example, reporterFor, verb } from './verb.ts'

export function addSensitivity(program: Command): void {
  const command = verb(program, 'sensitivity')
    .argument('<dir>', 'an explainer that fit wrote, with --model')
    .argument('<input>', 'test/12 or train/12, a picture, or X.npy#12')
    .description('show by how much a logit changes with each number of an input, by training example')
    .option('--out <dir>', 'a folder to write the maps to, as .npy and over the picture as .png')
    .option('--html <file>', 'write a page with the maps side by side')
    .option('--output <name>', 'predicted, label, or an output by name or index (predicted)')
    .option('--contrast <A,B>', 'explain output A against output B', pair)
    .option('--k <number>', 'how many examples of each kind (8; 0 beside groups)', number)
    .option('--group <class>', 'all training examples of a class as one part; may be given again', further)
    .option(
      '--selection <file>',
      'training examples that a table names by id or row as one part; may be given again',
      further,
    )
    .option('--pairs', 'also what in each training example makes it similar')
    .option('--layer <name>', 'differentiate by a tensor inside the network (its input)')
    .option('--tokenizer <file>', 'what ids of tokens mean: tokenizer.json, or vocab.txt')
    .option('--memory <size>', 'what runs of the network take at most beside its weights, such as 2GiB')
    .option('--force', 'replace maps that are there')
    .option('--verify', 'check every checksum of the explainer first')
  command
    .optionsGroup('How maps are made:')
    .addOption(
      new Option('--method <method>', 'the plain gradient, or its mean over noisy inputs (gradient)').choices(
        ['gradient', 'smoothgrad'],
      ),
    )
    .option('--times-input', 'gradient × input, which is in logits')
    .option('--samples <number>', 'noisy inputs of smoothgrad (50)', number)
    .option(
      '--noise <share>',
      "their noise, as a share of the range of the input, or of a text's vectors (0.15)",
      number,
    )
    .option('--seed <number>', 'of the noise (0)', number)
    .addHelpText(
      'after',
      example(
        'representer sensitivity explainer test/12 --out maps --html maps.html',
        'representer sensitivity explainer test/12 --group cat --group dog --method smoothgrad',
      ),
    )
    .action(async (directory: string, input: string, flags: Common & SensitivityFlags) => {
      const { json, quiet, verbose: _, group, selection, ...options } = flags
      const { runSensitivity } = await import('./sensitivity.ts')
      await runSensitivity(
        {
          directory,
          input,
          ...options,
          ...(group && { groups: group }),
          ...(selection && { selections: selection }),
        },
        reporterFor({ json, quiet }),
      )
    })
}

interface SensitivityFlags extends Omit<SensitivityOptions, 'directory' | 'input' | 'groups' | 'selections'> {
  readonly group?: readonly string[]
  readonly selection?: readonly string[]
}
