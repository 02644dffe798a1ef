package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

func completionCommand(t *tool) *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "prints a completion script for a shell",
		UsageText: "triage completion bash|zsh|fish|powershell",
		Description: `bash:        source <(triage completion bash)
zsh:         source <(triage completion zsh)
fish:        triage completion fish | source
powershell:  triage completion powershell | Out-String | Invoke-Expression`,
		Action: t.do(runCompletion),
	}
}

func runCompletion(t *tool, c *cli.Context) error {
	if err := wantArgs(c, 1, 1); err != nil {
		return err
	}
	writers := map[string]func(io.Writer, []completed){
		"bash": completeBash, "zsh": completeZsh, "fish": completeFish, "powershell": completePowerShell,
	}
	shell := c.Args().First()
	write, ok := writers[shell]
	if !ok {
		hint := didYouMean(shell, []string{"bash", "fish", "powershell", "zsh"})
		return usage(hint, "shell %q: want bash, zsh, fish or powershell", shell)
	}
	var b strings.Builder
	write(&b, completions(nil, c.App.Commands))
	_, err := io.WriteString(t.stdout, b.String())
	return err
}

// completed is one command and the words that may follow it.
type completed struct {
	path     []string // empty: triage itself
	words    []string // subcommands, or flags with their dashes
	valued   []bool   // by word: a value follows
	meanings []string // by word, one line
}

// completions lists every command with the words to offer after it, parents first.
func completions(path []string, commands []*cli.Command) []completed {
	own := completed{path: path}
	var below []completed
	for _, c := range commands {
		if c.Hidden {
			continue
		}
		own.add(c.Name, c.Usage, false)
		at := append(path[:len(path):len(path)], c.Name)
		if len(c.Subcommands) > 0 {
			below = append(below, completions(at, c.Subcommands)...)
			continue
		}
		leaf := completed{path: at}
		for _, f := range c.Flags {
			if f == cli.HelpFlag { // cli adds it to the command that runs, and to that one only
				continue
			}
			meaning, _ := usageOf(f)
			leaf.add("--"+f.Names()[0], meaning, takesValue(f))
		}
		if strings.Join(at, " ") == "completion" {
			for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
				leaf.add(shell, "script for "+shell, false)
			}
		}
		leaf.add("--help", "show help", false)
		below = append(below, leaf)
	}
	return append([]completed{own}, below...)
}

func (c *completed) add(word, meaning string, valued bool) {
	c.words = append(c.words, word)
	c.valued = append(c.valued, valued)
	c.meanings = append(c.meanings, meaning)
}

// completeBash and completeZsh offer files wherever no word fits: most arguments and values are paths.
func completeBash(w io.Writer, all []completed) {
	fmt.Fprint(w, "_triage() {\n  local cur=${COMP_WORDS[COMP_CWORD]} said= words= i\n"+
		"  for ((i = 1; i < COMP_CWORD; i++)); do\n    case ${COMP_WORDS[i]} in -*) ;; *) said+=\" ${COMP_WORDS[i]}\" ;; esac\n  done\n"+
		"  case $said in\n")
	for i := len(all) - 1; i >= 0; i-- { // longest path first: " rules lint" before " rules"
		pattern := "\"\""
		if len(all[i].path) > 0 {
			pattern = "\" " + strings.Join(all[i].path, " ") + "\"*"
		}
		fmt.Fprintf(w, "    %s) words=%q ;;\n", pattern, strings.Join(all[i].words, " "))
	}
	fmt.Fprint(w, "  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"+
		"complete -o default -o bashdefault -F _triage triage\n")
}

func completeZsh(w io.Writer, all []completed) {
	fmt.Fprint(w, "#compdef triage\n_triage() {\n  local said=\"\" word\n  local -a offer\n"+
		"  for word in ${words[2,CURRENT-1]}; do\n    [[ $word == -* ]] || said+=\" $word\"\n  done\n  case $said in\n")
	for i := len(all) - 1; i >= 0; i-- {
		pattern := "\"\""
		if len(all[i].path) > 0 {
			pattern = "\" " + strings.Join(all[i].path, " ") + "\"*"
		}
		fmt.Fprintf(w, "    %s) offer=(", pattern)
		for j, word := range all[i].words {
			fmt.Fprintf(w, " '%s:%s'", word, quoteFor(all[i].meanings[j], `'\''`))
		}
		fmt.Fprint(w, " ) ;;\n")
	}
	fmt.Fprint(w, "  esac\n  _describe 'triage' offer\n  _files\n}\ncompdef _triage triage\n")
}

func completeFish(w io.Writer, all []completed) {
	for _, c := range all {
		condition := "__fish_use_subcommand"
		if len(c.path) > 0 {
			condition = "__fish_seen_subcommand_from " + strings.Join(c.path, "; and __fish_seen_subcommand_from ")
		}
		for j, word := range c.words {
			kind := "-f -a " + word
			if flag, ok := strings.CutPrefix(word, "--"); ok {
				kind = "-l " + flag
				if c.valued[j] {
					kind += " -r"
				}
			}
			fmt.Fprintf(w, "complete -c triage -n '%s' %s -d '%s'\n", condition, kind, quoteFor(c.meanings[j], `\'`))
		}
	}
}

func completePowerShell(w io.Writer, all []completed) {
	fmt.Fprint(w, "Register-ArgumentCompleter -Native -CommandName triage -ScriptBlock {\n"+
		"  param($word, $ast, $cursor)\n  $offer = [ordered]@{\n")
	for _, c := range all {
		fmt.Fprintf(w, "    '%s' = @('%s')\n", strings.Join(c.path, " "), strings.Join(c.words, "','"))
	}
	fmt.Fprint(w, "  }\n"+
		"  $said = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { \"$_\" } | Where-Object { $_ -notlike '-*' -and $_ -ne $word })\n"+
		"  for ($n = [Math]::Min(2, $said.Count); $n -ge 0; $n--) {\n"+
		"    $path = if ($n) { $said[0..($n - 1)] -join ' ' } else { '' }\n"+
		"    if ($offer.Contains($path)) {\n"+
		"      $offer[$path] | Where-Object { $_ -like \"$word*\" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }\n"+
		"      return\n    }\n  }\n}\n")
}

// quoteFor puts text between single quotes of a shell whose way to write one is quote.
func quoteFor(text, quote string) string { return strings.ReplaceAll(text, "'", quote) }
