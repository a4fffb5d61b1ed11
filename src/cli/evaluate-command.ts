import { type Command, Option } from 'commander'
import type { EvaluateOptions } from '../app/evaluate/options.ts'
import type { Interruption } from './interruption.ts'
import { names, number } from './option-values.ts'
import { type Common, example, reporterFor, verb } from './verb.ts'

export function addEvaluate(program: Command, interruption: Interruption): void {
  verb(program, 'evaluate')
    .argument('<dir>', 'an explainer that fit wrote')
    .description(
      'say how exact, how close to the model and how stable an explainer is, and how it finds wrong labels',
    )
    .option('--steps <number>', 'how many λ on each side of its own, each √10 from the next (3)', number)
    .option('--tests <number>', 'how many test examples whose rankings are compared (50)', number)
    .option('--noise <share>', 'of the training labels that are changed, to be found again (0.1)', number)
    .addOption(
      new Option('--pattern <pattern>', 'to any other class, or to the next one (symmetric)').choices([
        'symmetric',
        'pair',
      ]),
    )
    .option(
      '--scores <names>',
      'by which they are looked for, separated by commas (all that the explainer has everything for)',
      names,
    )
    .option('--seed <number>', 'of everything that is chosen at random (1)', number)
    .option('--html <file>', 'write a page with charts too')
    .addHelpText(
      'after',
      example(
        'representer evaluate explainer --html evaluate.html',
        'representer evaluate explainer --steps 0 --noise 0.2 --pattern pair',
      ),
    )
    .action(async (directory: string, flags: Common & EvaluateFlags) => {
      const { json, quiet, verbose: _, ...options } = flags
      const { runEvaluate } = await import('./evaluate.ts')
      await runEvaluate(
        { directory, ...options, signal: interruption.take() },
        reporterFor({ json, quiet }),
        quiet ?? false,
      )
    })
}

type EvaluateFlags = Omit<EvaluateOptions, 'directory' | 'onPlan' | 'onProgress' | 'signal'>
