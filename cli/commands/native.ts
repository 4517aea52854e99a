import { Command } from 'commander';
import { provideNative } from '../native.js';

/** The native library of TensorFlow.js, for training from the command line; the pipeline needs none. */
export function nativeCommand(): Command {
  return new Command('native')
    .description(
      'Provides libtensorflow for TensorFlow.js: by the package’s own download, else from the wheel of tensorflow-cpu.',
    )
    .action(async () => {
      await provideNative((line) => console.log(line));
    });
}
