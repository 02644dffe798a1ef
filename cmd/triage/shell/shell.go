// Package shell tells shells what can be typed next, and people how the commands are called: completion for bash, zsh, fish
// and PowerShell, and the manual page, all from one table of commands.
package shell

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Described is a command with all that may be said to it.
type Described struct {
	Name        string
	Usage       string // one line
	UsageText   string // how it is called
	Description string
	Flags       []Flag
	Commands    []Described // below it; then it takes neither flags nor arguments itself
}

// Flag is one flag of a command.
type Flag struct {
	Name  string // without dashes
	Short string // letter; "" for none
	Value string // what its value is called; "" for a switch
	Usage string
}

// Candidate is a word that may stand where the cursor is.
type Candidate struct {
	Word    string
	Meaning string
}

// Ask is a value that is wanted: of a flag, or an argument.
type Ask struct {
	Path  []string            // the command
	Flag  string              // "": an argument
	Args  []string            // arguments before it
	Given map[string][]string // values of flags that were given
}

// Complete says what the last word may become. words are those behind the program's name. values knows those of flags and
// arguments: none means that the shell may offer files.
func Complete(root Described, words []string, values func(Ask) []Candidate) []Candidate {
	words = rejoined(words)
	last := len(words) - 1
	if last < 0 {
		return nil
	}
	l := &typedLine{at: root, ask: Ask{Given: map[string][]string{}}}
	for _, word := range words[:last] {
		l.take(word)
	}
	return l.offer(words[last], values)
}

// rejoined puts together what bash takes apart: --format = text.
func rejoined(words []string) []string {
	var out []string
	for i := 0; i < len(words); i++ {
		if n := len(out); words[i] == "=" && n > 0 && strings.HasPrefix(out[n-1], "--") {
			value := ""
			if i+1 < len(words) {
				i++
				value = words[i]
			}
			if i == len(words)-1 { // bash completes the value alone
				out = append(out, value)
				continue
			}
			out[n-1] += "=" + value
			continue
		}
		out = append(out, words[i])
	}
	return out
}

// typedLine is what stands before the cursor.
type typedLine struct {
	at    Described
	ask   Ask
	wants string // the flag whose value comes next
	ended bool   // by --
}

func (l *typedLine) take(word string) {
	switch name, value, given := l.flag(word); {
	case l.wants != "":
		l.ask.Given[l.wants] = append(l.ask.Given[l.wants], word)
		l.wants = ""
	case l.ended, name == "" && word != "--":
		l.argument(word)
	case word == "--":
		l.ended = true
	case given:
		l.ask.Given[name] = append(l.ask.Given[name], value)
	case l.valued(name):
		l.wants = name
	}
}

// flag takes a flag apart; name is "" if it is none.
func (l *typedLine) flag(word string) (name, value string, given bool) {
	if l.ended || len(word) < 2 || word[0] != '-' || word == "--" {
		return "", "", false
	}
	name, value, given = strings.Cut(strings.TrimLeft(word, "-"), "=")
	for _, f := range l.at.Flags {
		if f.Short == name && f.Short != "" {
			name = f.Name
		}
	}
	return name, value, given
}

func (l *typedLine) valued(name string) bool {
	return slices.ContainsFunc(l.at.Flags, func(f Flag) bool { return f.Name == name && f.Value != "" })
}

func (l *typedLine) argument(word string) {
	for _, c := range l.at.Commands {
		if c.Name == word {
			l.at, l.ask.Path = c, append(l.ask.Path, word)
			return
		}
	}
	l.ask.Args = append(l.ask.Args, word)
}

// offer lists what a word may become.
func (l *typedLine) offer(word string, values func(Ask) []Candidate) []Candidate {
	switch name, value, given := l.flag(word); {
	case l.wants != "":
		l.ask.Flag = l.wants
		return fitting(values(l.ask), word, "")
	case given:
		l.ask.Flag = name
		return fitting(values(l.ask), value, strings.TrimSuffix(word, value))
	case !l.ended && strings.HasPrefix(word, "-") && word != "-":
		var flags []Candidate
		for _, f := range l.at.Flags {
			flags = append(flags, Candidate{"--" + f.Name, f.Usage})
		}
		return fitting(append(flags, Candidate{"--help", "show help"}), word, "")
	case len(l.at.Commands) > 0:
		var names []Candidate
		for _, c := range l.at.Commands {
			names = append(names, Candidate{c.Name, c.Usage})
		}
		return fitting(names, word, "")
	}
	return fitting(values(l.ask), word, "")
}

// fitting are those that begin as the word does, each behind what stands before the word. Of a list with commas the last
// part is completed.
func fitting(all []Candidate, word, before string) []Candidate {
	if i := strings.LastIndexByte(word, ','); i >= 0 {
		before, word = before+word[:i+1], word[i+1:]
	}
	var list []Candidate
	for _, c := range all {
		if strings.HasPrefix(strings.ToLower(c.Word), strings.ToLower(word)) && harmless(c.Word) {
			list = append(list, Candidate{before + c.Word, c.Meaning})
		}
	}
	return list
}

// harmless says that a shell can take a word as it is: a report's words are written by attackers, and completion puts them
// on the command line.
func harmless(word string) bool {
	return word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:@+,") == ""
}

// WriteCandidates writes one a line: the word, a tab, what it means.
func WriteCandidates(w io.Writer, list []Candidate) error {
	var b strings.Builder
	for _, c := range list {
		fmt.Fprintf(&b, "%s\t%s\n", c.Word, strings.Join(strings.Fields(c.Meaning), " "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Helper is the hidden command that the scripts call: its arguments are the words before the cursor, and last = and the word
// that the cursor is in, because some shells drop empty words.
const Helper = "__complete"

// Shells are those that Script knows.
func Shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

// Script is the completion script of a shell, of PowerShell also by the name of its program; "" for one that is not known. All of them ask the program itself.
func Script(shell string) string {
	text := map[string]string{"bash": bash, "zsh": zsh, "fish": fish, "powershell": powerShell, "pwsh": powerShell}[shell]
	return strings.ReplaceAll(text, "HELPER", Helper)
}

const bash = `_triage() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("${line%%$'\t'*}")
  done < <("${COMP_WORDS[0]}" HELPER -- "${COMP_WORDS[@]:1:COMP_CWORD-1}" "=${COMP_WORDS[COMP_CWORD]}" 2>/dev/null)
}
complete -o default -o bashdefault -F _triage triage
`

const zsh = `#compdef triage
_triage() {
  local line
  local -a offer
  while IFS= read -r line; do
    offer+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done < <("${(Q)words[1]}" HELPER -- "${(@Q)words[2,CURRENT-1]}" "=${(Q)words[CURRENT]}" 2>/dev/null)
  if (( $#offer )); then
    _describe 'triage' offer
  else
    _files
  fi
}
compdef _triage triage
`

const fish = `function __triage_complete
  set -l said (commandline -opc)
  set -l word (commandline -ct)
  set -l offer (command $said[1] HELPER -- $said[2..-1] "=$word" 2>/dev/null)
  if test (count $offer) -gt 0
    printf '%s\n' $offer
  else
    __fish_complete_path "$word"
  end
end
complete -c triage -f -a '(__triage_complete)'
`

const powerShell = `Register-ArgumentCompleter -Native -CommandName triage -ScriptBlock {
  param($word, $ast, $cursor)
  $said = @($ast.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursor } | ForEach-Object { "$_" })
  & $ast.CommandElements[0].Extent.Text 'HELPER' '--' @said "=$word" 2>$null | ForEach-Object {
    $part = $_ -split [char]9, 2
    $meaning = if ($part[1]) { $part[1] } else { $part[0] }
    [System.Management.Automation.CompletionResult]::new($part[0], $part[0], 'ParameterValue', $meaning)
  }
}
`
