// A process that starts programs for the benchmark. The system copies the page tables of a process that starts another.
// The benchmark itself holds hundreds of megabytes, for which that takes longer than a short program runs.
import { run } from './starts.mjs';

process.on('message', ({ id, command, args, options }) => {
  run(command, args, options).then(
    result => process.send({ id, result }),
    error => process.send({ id, message: error.message }),
  );
});
process.once('disconnect', () => process.exit());
