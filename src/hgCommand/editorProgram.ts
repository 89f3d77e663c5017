// Lets the user edit hg's messages in the window. The editor that hg runs is a small program of ours. It sends the
// message here over a local socket and writes the answer.
//
// The program never fails once hg has started it. A failing editor or an empty message stops a histedit in the middle
// of a fold. The folded part then stays as a changeset of its own, and neither continue nor abort removes it. So a
// message that is not edited stays as hg proposed it.
import type { Disposable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import { ProgramSocket } from './programSocket.ts';
import type { Variables } from './hgVariables.ts';

export interface EditorProgramOptions {
  /** Absolute path of what runs in Node: the bundle of editorMain.ts. */
  readonly program: string;
  readonly logger: Logger;
}

/**
 * Gets the message that hg proposes, with hg's help in lines that begin with "HG:". Undefined keeps the proposal.
 * `gone` is aborted when the editor program has ended.
 */
export type EditMessage = (text: string, gone: AbortSignal) => Promise<string | undefined>;

/** In base64: a message with a diff of a million bytes below it, which the user's template may add. */
const MOST_CHARACTERS = 1_400_000;

export class EditorProgram implements Disposable {
  readonly #options: EditorProgramOptions;
  readonly #socket: ProgramSocket;
  readonly #open = new Map<string, EditMessage>();
  #last = 0;

  constructor(options: EditorProgramOptions) {
    this.#options = options;
    this.#socket = new ProgramSocket({
      name: 'editor',
      loss: 'messages of operations cannot be edited',
      mostCharacters: MOST_CHARACTERS,
      logger: options.logger,
      answer: (words, gone) => this.#answer(words, gone),
    });
  }

  /** Returns the environment variables to add for hg. */
  variables(): Variables {
    return {
      QUICKSILVER_EDITOR_NODE: process.execPath,
      QUICKSILVER_EDITOR_MAIN: this.#options.program,
      QUICKSILVER_EDITOR_ADDRESS: this.#socket.address,
      QUICKSILVER_EDITOR_SECRET: this.#socket.secret,
    };
  }

  /**
   * Returns the editor for one command: until it is disposed of, `edit` edits the messages. If the socket does not
   * work, they all stay as hg proposes them.
   */
  async begin(edit: EditMessage): Promise<Disposable & { readonly editor: string }> {
    await this.#socket.listen();
    const id = String(++this.#last);
    this.#open.set(id, edit);
    return {
      editor: `${editorCommand(process.platform)} ${id}`,
      dispose: () => void this.#open.delete(id),
    };
  }

  dispose(): void {
    this.#socket.dispose();
  }

  async #answer([id = '', text = '']: readonly string[], gone: AbortSignal): Promise<string | undefined> {
    const edited = await this.#open.get(id)?.(Buffer.from(text, 'base64').toString('utf8'), gone);
    return edited === undefined ? undefined : JSON.stringify(edited);
  }
}

/**
 * Returns a line for the system's shell; hg appends the file's name. Environment variables keep paths unquoted in it.
 */
export function editorCommand(platform: NodeJS.Platform): string {
  return platform === 'win32'
    ? 'set ELECTRON_RUN_AS_NODE=1&& "%QUICKSILVER_EDITOR_NODE%" "%QUICKSILVER_EDITOR_MAIN%"'
    : 'ELECTRON_RUN_AS_NODE=1 "$QUICKSILVER_EDITOR_NODE" "$QUICKSILVER_EDITOR_MAIN"';
}
