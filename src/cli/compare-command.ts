import type { Command } from 'commander'
import type { CompareOptions } from '../app/compare/options.ts'
import type { Interruption } from './interruption.ts'
import { names, number } from './option-values.ts'
import { type Common, example, reporterFor, verb } from './verb.ts'

export function addCompare(program: Command, interruption: Interruption): void {
  verb(program, 'compare')
    .argument('<dir>', 'an explainer that fit wrote')
    .description('hold methods of attribution against exact refits of the head')
    .option(
      '--methods <names>',
      'names, separated by commas (all that the explainer has everything for)',
      names,
    )
    .option('--loo <number>', 'how many training examples are left out, one at a time (200)', number)
    .option('--subsets <number>', 'how many random halves the head is fitted to (50)', number)
    .option('--tests <number>', 'how many test examples (50)', number)
    .option('--seed <number>', 'of everything that is chosen at random (1)', number)
    .option('--html <file>', 'write a page with charts too')
    .addHelpText(
      'after',
      example(
        'representer compare explainer --html compare.html',
        'representer compare explainer --methods representer,influence --loo 500',
      ),
    )
    .action(async (directory: string, flags: Common & CompareFlags) => {
      const { json, quiet, verbose: _, ...options } = flags
      const { runCompare } = await import('./compare.ts')
      await runCompare(
        { directory, ...options, signal: interruption.take() },
        reporterFor({ json, quiet }),
        quiet ?? false,
      )
    })
}

type CompareFlags = Omit<CompareOptions, 'directory' | 'onPlan' | 'onProgress' | 'signal'>
