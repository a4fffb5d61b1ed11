import { type Command, Option } from 'commander'
import type { FitOptions } from '../app/fit/options.ts'
import type { Interruption } from './interruption.ts'
import { number, numberOrAuto, numbers, pixels } from './option-values.ts'
import { type Common, example, reporterFor, verb } from './verb.ts'

/** Values that options of fit can have. */
const CHOICES = {
  preprocess: ['imagenet'],
  filter: ['nearest', 'box', 'bilinear', 'hamming', 'bicubic', 'lanczos'],
  channels: ['rgb', 'bgr', 'grey'],
  headLayout: ['auto', 'cd', 'dc'],
  targets: ['teacher', 'labels', 'soft'],
  activation: [
    'softmax',
    'sigmoid',
    'relu',
    'tanh',
    'identity',
    'softplus',
    'leaky-relu',
    'elu',
    'hard-sigmoid',
    'clip',
  ],
  bias: ['regularised', 'free', 'none'],
  kernel: ['plain', 'centred'],
  device: ['cpu', 'webgpu', 'cuda'],
  dtype: ['float32', 'float16'],
} satisfies { [K in keyof FitOptions]?: FitOptions[K][] }

/** An option with the values it can have, for help and completion; the verb itself refuses any other. */
function oneOf(flags: string, description: string, values: readonly string[]): Option {
  const option = new Option(flags, description)
  option.argChoices = [...values]
  return option
}

export function addFit(program: Command, interruption: Interruption): void {
  const command = verb(program, 'fit')
    .description('fit the head and write an explainer, from a model and data or from arrays')
    .option('--out <dir>', 'directory to write (needed)')
  command
    .optionsGroup('From a model:')
    .option('--model <file>', 'ONNX model whose last layer is linear')
    .option('--layer <name>', 'explain the units of a hidden layer instead (inspect lists them)')
    .option(
      '--train <data>',
      'training examples: pictures in a folder by class, Parquet or WebDataset, arrays, or a table of numbers',
    )
    .option('--test <data>', 'test examples')
    .option('--scale <number>', 'factor for the numbers of the data (1/255 for bytes, else 1)', number)
    .option('--mean <numbers>', 'then subtracted: one number, or one a channel', numbers)
    .option('--std <numbers>', 'then divided by', numbers)
  command
    .optionsGroup(
      'Pictures in files (else as preprocessor_config.json or config.json beside the model says):',
    )
    .addOption(
      oneOf('--preprocess <name>', 'shortest edge 256, the middle 224, its mean and std', CHOICES.preprocess),
    )
    .option('--size <pixels>', 'resize: shortest edge, or HEIGHTxWIDTH (what the model takes)', pixels)
    .option('--crop <pixels>', 'then take the middle: edge, or HEIGHTxWIDTH', pixels)
    .addOption(oneOf('--filter <name>', 'how to resize (bilinear)', CHOICES.filter))
    .addOption(oneOf('--channels <order>', 'which, in which order (as the model takes)', CHOICES.channels))
    .option('--skip-bad', 'leave out pictures that cannot be read')
  command
    .optionsGroup('From arrays (.npy, .npz, .safetensors, Parquet, .csv, .jsonl):')
    .option('--features <file>', 'features of the training examples [n, d]')
    .option('--logits <file>', "the given model's logits [n, c]")
    .option('--test-features <file>', 'features of the test examples')
    .option('--test-logits <file>', 'logits of the test examples')
    .option('--head-weight <file>', 'weight of the given head')
    .option('--head-bias <file>', 'bias of the given head [c]')
    .addOption(
      oneOf(
        '--head-layout <layout>',
        'cd as in PyTorch or dc as in Keras, where logits do not tell (auto)',
        CHOICES.headLayout,
      ),
    )
  command
    .optionsGroup('Both:')
    .option('--labels <file>', 'labels of the training examples [n]: class indices, or names in a table')
    .option('--test-labels <file>', 'labels of the test examples')
    .option('--label-column <name>', 'column of labels in tables (label, labels, y, target or class)')
    .option('--id-column <name>', 'column of names in tables (id)')
    .option('--ids <file>', 'names of the training examples, one a line')
    .option('--classes <file>', 'names of the outputs, one a line (as config.json beside the model says)')
  command
    .optionsGroup('The fit:')
    .addOption(
      oneOf(
        '--targets <targets>',
        "the given model's outputs (teacher), or others (teacher where outputs are known)",
        CHOICES.targets,
      ),
    )
    .option('--soft <file>', 'soft labels of the training examples [n, c]')
    .addOption(
      oneOf(
        '--activation <name>',
        'what follows the logits, with numbers as in clip:0,6 (as in the model, else softmax)',
        CHOICES.activation,
      ),
    )
    .option(
      '--lambda <number|auto>',
      'L2 strength, above 0, or auto: the largest that reaches --fidelity (0.003)',
      numberOrAuto,
    )
    .option(
      '--fidelity <correlation>',
      'what --lambda auto is to reach over the training examples (0.99)',
      number,
    )
    .addOption(
      oneOf(
        '--bias <choice>',
        "the head's (regularised, or none where the given head has none)",
        CHOICES.bias,
      ),
    )
    .addOption(
      oneOf(
        '--kernel <choice>',
        'similarity as it is, or about the mean of the features with a free bias (plain)',
        CHOICES.kernel,
      ),
    )
    .option('--gap <logits>', 'completeness gap to stop at (1e-4)', number)
    .option('--max-iterations <number>', 'end the fit after so many (2000)', number)
    .addOption(
      oneOf('--device <name>', 'what runs the network (cpu, and where the other fails)', CHOICES.device),
    )
    .addOption(
      oneOf(
        '--dtype <type>',
        'how features are stored and fitted to (float16 where their file is so, else float32)',
        CHOICES.dtype,
      ),
    )
    .option(
      '--memory <size>',
      'to take at most, such as 2GiB; more is read from disk (60 % of what there is)',
    )
    .option('--force', 'replace an explainer that is there')
    .addHelpText(
      'after',
      example(
        'representer fit --model mnist.onnx --train train-images-idx3-ubyte --mean 0.1307 --std 0.3081 --out explainer',
        'representer fit --features F.npy --labels y.npy --logits L.npy --out explainer',
      ),
    )
    .action(async ({ json, quiet, verbose: _, ...options }: Common & FitOptions) => {
      const { runFit } = await import('./fit.ts')
      await runFit({ ...options, signal: interruption.take() }, reporterFor({ json, quiet }), quiet ?? false)
    })
}
