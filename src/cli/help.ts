/** What the command says of itself. */

export const HELP = {
  nearfield: `nearfield <command>

Commands:
  index <dir>    make the search index of a built site

Options:
  --help         this text; "nearfield index --help" says more
  --version      the version
`,
  index: `nearfield index <dir> [options]

Reads a built site (HTML, Markdown, feeds), and writes the index that its visitors search by words and
by meaning: static files, to be published with the site. Pages that did not change are not embedded again.

Output:
  -o, --out <folder>        where to write it                        [<dir>/nearfield]
  --json                    events as JSON, one a line
  -q, --quiet               nothing but errors
  --strict                  exit with 3 where pages had problems

Pages:
  --base-url <url>          where the folder will be served          [/]
  --clean-urls              the host serves about.html at "about"
  --include <glob>          files to read; may be repeated           [HTML and Markdown]
  --exclude <glob>          files and folders to leave out; may be repeated
  --feeds <glob>            JSON and JSONL files that are feeds; may be repeated
  --max-bytes <n>           most bytes of a page                     [16777216]
  --passage-tokens <n>      most tokens of a passage                 [200]

Meaning:
  -m, --model <name>        starter, qwen3-embedding-0.6b, a folder, or a hub repository  [starter]
  --words-only              no model: search by words alone
  --models-url <place>      folder or URL that holds the starter     [./models, ./public/models, …]
  --hub-url <url>           mirror of the hub                        [https://huggingface.co]
  --revision <name>         branch, tag or commit of a hub repository
  --model-name <name>       what the pages call the model, where that is another name
  --dimensions <n>          width of the vectors, where the model lets them be cut
  --no-light                fit no query encoder: meaning needs the whole model
  --no-queries              fit it to passages alone
  --threads <n>             threads that compute                     [by the cores]
  --simd <kind>             relaxed (faster) or simd128 (the same on all processors)
  --cache-dir <folder>      keeps vectors and downloads   [$NEARFIELD_CACHE or ~/.cache/nearfield]

A server that embeds, such as one with a GPU; its key is read from $NEARFIELD_EMBED_KEY:
  --embed-url <url>         OpenAI-compatible, with the same model: that is checked first
  --embed-model <name>      what the server calls the model          [the model's name]

Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 done with problems (--strict),
130 stopped (143 by SIGTERM, 141 where nobody reads its output).
`,
} as const;
