/** The shells for which there is a script. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * Bash splits words at `=` and `:` and replaces only the last part, so the words are taken from the line, and what stands before that part is
 * removed from each candidate.
 */
const BASH = `# bash completion for node-decommission
_node_decommission() {
  local line="\${COMP_LINE:0:COMP_POINT}" part="\${COMP_WORDS[COMP_CWORD]}" candidate current prefix
  local -a words candidates
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current="\${words[-1]}"
  [[ $part == [=:] ]] && part=''
  prefix="\${current%"$part"}"
  mapfile -t candidates < <("\${words[0]}" __complete "\${words[@]:1}" 2>/dev/null)
  COMPREPLY=()
  for candidate in "\${candidates[@]}"; do
    case "$candidate" in
      :0) compopt -o default 2>/dev/null ;;
      :*) ;;
      *)
        candidate="\${candidate%%$'\\t'*}"
        COMPREPLY+=("\${candidate#"$prefix"}")
        ;;
    esac
  done
}
complete -F _node_decommission node-decommission
`;

const ZSH = `#compdef node-decommission
_node_decommission() {
  local -a lines described
  local line value
  lines=("\${(@f)$("$words[1]" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    case "$line" in
      :0) _files ;;
      :*) ;;
      *$'\\t'*)
        value="\${line%%$'\\t'*}"
        described+=("\${value//:/\\\\:}:\${line#*$'\\t'}")
        ;;
      *) described+=("\${line//:/\\\\:}") ;;
    esac
  done
  (( $#described )) && _describe -V 'node-decommission' described
}
compdef _node_decommission node-decommission
# Loaded from a folder of fpath, which happens at the first tab, it has to answer that tab, too.
if [[ "$funcstack[1]" == _node-decommission ]]; then _node_decommission "$@"; fi
`;

const FISH = `# fish completion for node-decommission
function __node_decommission_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] 2>/dev/null)
        switch $line
            case ':0'
                __fish_complete_path (commandline -ct)
            case ':*'
            case '*'
                echo $line
        end
    end
end
complete -c node-decommission -f -a '(__node_decommission_complete)'
`;

/** Source it in the shell. Each asks the program itself for candidates, so that it fits every version. */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
