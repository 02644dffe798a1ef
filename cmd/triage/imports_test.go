package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// listed is what go list says of one package.
type listed struct {
	ImportPath string
	Dir        string
	Imports    []string
	GoFiles    []string
	Standard   bool
}

func listPackages(t *testing.T) map[string]listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,Imports,GoFiles,Standard", "./...")
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	all := map[string]listed{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
}

// The layers of the house, lowest first.
const (
	layerActivity = iota
	layerSources  // geo, ingest/*, rules/detect
	layerRules    // rules, each detector
	layerVerdict
	layerAttribution
	layerExposure
	layerThread
	layerCampaign
	layerAnswers
	layerAnalyzers
	layerDraw // what makes a report of an analysis; what runs a pack's tests
	layerCommand
)

func layerOf(path string) int {
	switch {
	case slices.Contains([]string{"ingest/activity", "rules/yamltext", "analyzers/report", "cmd/triage/outfile"}, path):
		// none imports anything of ours
		return layerActivity
	case writesReport(path): // imports the contract, and no engine
		return layerSources
	case path == "ingest/m365/m365test/serve": // a program of its own, for trying things out
		return layerCommand
	case path == "analyzers/conduct": // what kind of thing an act is
		return layerSources
	case path == "geo", path == "ingest", strings.HasPrefix(path, "ingest/"), strings.HasPrefix(path, "rules/detect"):
		return layerSources
	case path == "analyzers/verdict":
		return layerVerdict
	case path == "analyzers/attribution":
		return layerAttribution
	case path == "analyzers/exposure":
		return layerExposure
	case path == "analyzers/thread":
		return layerThread
	case path == "analyzers/campaign":
		return layerCampaign
	case path == "analyzers/answers":
		return layerAnswers
	case path == "analyzers":
		return layerAnalyzers
	case strings.HasPrefix(path, "analyzers/report/draw"), path == "analyzers/report/activities", path == "analyzers/packtest":
		return layerDraw
	case path == "analyzers/report/reporttest":
		return layerCommand
	case path == "rules", strings.HasPrefix(path, "rules/"), isDetector(path):
		return layerRules
	default:
		return layerCommand
	}
}

// writesReport says that a package reads a report, or writes it in some form.
func writesReport(path string) bool {
	made := []string{"analyzers/report/draw", "analyzers/report/activities", "analyzers/report/reporttest"}
	return strings.HasPrefix(path, "analyzers/report/") && !strings.HasPrefix(path, "analyzers/report/draw/") && !slices.Contains(made, path)
}

func isDetector(path string) bool {
	_, name, below := strings.Cut(path, "analyzers/")
	return below && !strings.HasPrefix(path, "analyzers/report") && !slices.Contains([]string{"verdict", "attribution", "exposure", "thread", "campaign", "answers", "packtest"}, name)
}

// floorOf is the floor of a top folder: every arrow of the house points down, or stays on its floor.
func floorOf(path string) int {
	top, _, _ := strings.Cut(path, "/")
	return slices.IndexFunc([][]string{{"geo", "ingest"}, {"rules"}, {"analyzers"}, {"cmd", "testdata"}}, func(floor []string) bool {
		return slices.Contains(floor, top)
	})
}

// mayImport says whether a package may import another of the same layer.
func mayImport(from, to string) bool {
	switch from {
	case "ingest":
		return strings.HasPrefix(to, "ingest/")
	case "rules/detect":
		return to == "geo" || to == "rules/detect/textset"
	case "ingest/outlook/outlooktest", "ingest/m365/m365test": // write what sources wrote, for tests
		return strings.HasPrefix(to, "ingest/outlook/")
	case "ingest/m365/disk/disktest":
		return to == "ingest/m365/disk"
	case "ingest/m365/login", "ingest/m365/collect": // ask by the client that all fetches share
		return to == "ingest/m365" || to == "ingest/m365/disk" || to == "ingest/fetched"
	case "analyzers/context", "analyzers/presence": // the one measures what the other shows; both share their work out
		return to == "analyzers/presence" || to == "analyzers/workers"
	case "analyzers/report/render": // the table of formats
		return writesReport(to)
	case "analyzers/report/stix": // indicators in another form
		return to == "analyzers/report/iocs"
	case "rules/sigma": // makes rules of packs
		return to == "rules/detect" || to == "rules/yamltext"
	case "rules/explain": // looks into what rules made
		return to == "rules" || to == "rules/inline"
	case "rules/detect/detecttest": // runs the testdata of detectors
		return to == "rules/detect" || to == "geo"
	}
	// Formats share what their parts are called, how they are gathered, and how wide a text is.
	if writesReport(from) {
		return slices.Contains([]string{"analyzers/report/words", "analyzers/report/term", "analyzers/report/digest", "analyzers/report/figure", "analyzers/report/phrase"}, to)
	}
	// Readers share how a text is decoded and cut into records, what names their values and how times are spelled; each may be
	// split into packages below itself.
	shared := []string{"ingest/charset", "ingest/record", "ingest/row", "ingest/timestamp"}
	return strings.HasPrefix(from, "ingest/") && slices.Contains(shared, to) || strings.HasPrefix(to, from+"/") || layerOf(from) == layerCommand
}

// mayDial says whether a package may use the network: those that fetch, and the service that their tests fetch from.
func mayDial(path string) bool {
	return path == "geo/update" || path == "ingest/m365" || strings.HasPrefix(path, "ingest/m365/")
}

// Promise: imports go one way; a detector opens no file and dials nowhere; nothing that analyze
// uses opens a socket; no cgo.
func TestImportsGoOneWay(t *testing.T) {
	all := listPackages(t)
	seen := 0
	for path, p := range all {
		from, ours := strings.CutPrefix(path, "triage/")
		if !ours {
			continue
		}
		seen++
		for _, i := range p.Imports {
			if to, ours := strings.CutPrefix(i, "triage/"); ours {
				if lower := layerOf(to) < layerOf(from); !lower && !mayImport(from, to) {
					t.Errorf("%s imports %s", from, to)
				}
				if floorOf(to) < 0 || floorOf(to) > floorOf(from) {
					t.Errorf("%s imports %s, which is a floor above it", from, to)
				}
				continue
			}
			if i == "C" || slices.Contains([]string{"net", "net/http", "plugin"}, i) && !mayDial(from) {
				t.Errorf("%s imports %q", from, i)
			}
			if from == "ingest/activity" && !all[i].Standard {
				t.Errorf("%s imports %s, which is not of the standard library", from, i)
			}
			if isDetector(from) && slices.Contains([]string{"os", "os/exec", "io/fs", "syscall", "math/rand", "math/rand/v2"}, i) {
				t.Errorf("detector %s imports %s", from, i)
			}
		}
	}
	if seen < 3 {
		t.Fatalf("go list names %d packages of ours", seen)
	}
}

// Promise: nothing below the command line reads the clock.
func TestOnlyTheCommandReadsTheClock(t *testing.T) {
	for path, p := range listPackages(t) {
		if from, ours := strings.CutPrefix(path, "triage/"); !ours || layerOf(from) == layerCommand {
			continue
		}
		for _, name := range p.GoFiles {
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				s, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until"}, s.Sel.Name) {
					t.Errorf("%s: time.%s", fset.Position(s.Pos()), s.Sel.Name)
				}
				return true
			})
		}
	}
}
