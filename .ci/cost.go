//go:build ignore

// Command cost says what each module costs: processor time to compile it, and bytes in the binary, from what
// go run -debug-actiongraph and go tool nm -size wrote: go run .ci/cost.go GRAPH.json NM.txt
package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

type cost struct {
	seconds float64
	bytes   int64
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("cost: ")
	if len(os.Args) != 3 {
		log.Fatal("want GRAPH.json NM.txt")
	}
	raw, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var actions []struct {
		Mode, Package   string
		CmdUser, CmdSys int64
	}
	if err := json.Unmarshal(raw, &actions); err != nil {
		log.Fatal(err)
	}
	all := map[string]*cost{}
	of := func(module string) *cost {
		if all[module] == nil {
			all[module] = &cost{}
		}
		return all[module]
	}
	for _, a := range actions {
		module := moduleOf(a.Package)
		if a.Mode == "link" {
			module = "linking"
		}
		of(module).seconds += float64(a.CmdUser+a.CmdSys) / 1e9
	}
	symbols, err := os.ReadFile(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	for line := range strings.Lines(string(symbols)) {
		f := strings.Fields(line) // address, size, kind, name
		if len(f) < 4 || strings.EqualFold(f[2], "b") || strings.Contains(f[3], "drbg.memory") {
			continue // what is made at the start
		}
		size, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			continue
		}
		if strings.HasPrefix(f[3], "triage/geo..gobytes") {
			of("the geolocation databases").bytes += size
			continue
		}
		of(moduleOf(path.FindString(strings.Join(f[3:], " ")))).bytes += size
	}
	rows := slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(cmp.Compare(all[b].seconds, all[a].seconds), cmp.Compare(all[b].bytes, all[a].bytes), cmp.Compare(a, b))
	})
	for _, module := range rows {
		fmt.Printf("%6.1f CPU-s %6.2f MB  %s\n", all[module].seconds, float64(all[module].bytes)/1e6, module)
	}
}

// path is the first package that a symbol names.
var path = regexp.MustCompile(`triage/[a-z0-9/]+|(github\.com|golang\.org|gopkg\.in)/[A-Za-z0-9_.-]+(/[A-Za-z0-9_-]+)?`)

func moduleOf(pkg string) string {
	parts := strings.Split(pkg, "/")
	switch {
	case parts[0] == "triage":
		return "triage"
	case parts[0] == "gopkg.in":
		return "gopkg.in/yaml.v3"
	case strings.Contains(parts[0], "."):
		return strings.Join(parts[:min(3, len(parts))], "/")
	}
	return "Go's standard library"
}
