// Walls counts how the house is built, so that its plan can be held to figures: how large packages, types and functions
// are, how many arrows between the files of a package run upwards, and how many names mean something in several packages.
//
//	go run ./.ci/walls/main.go            the table
//	go run ./.ci/walls/main.go -v         also each upward arrow and each name
//	go run ./.ci/walls/main.go -check     exit 1 if a figure is above its limit
//
// An arrow leads from file A to file B of one package if A uses a package-level name or a method that B declares. It runs
// upwards if it goes against the order of the files that has the fewest such arrows. The order is searched, not proved: from
// several starts each file is moved to its best place until no move helps.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Limits of the plan: what -check refuses to exceed.
const (
	mostPackageLines = 3000
	mostPackageFiles = 25
	mostUpward       = 80
	mostMethods      = 30
	mostMethodFiles  = 3
	mostLines        = 46500
	mostShared       = 45
	mostFunction     = 80
	mostFile         = 600
)

// room is one package: its product files, without tests.
type room struct {
	dir   string
	files []*ast.File
	names []string // of the files
	lines []int    // of the files
	arrow [][]bool // arrow[a][b]: file a uses a name of file b
}

func main() {
	verbose := flag.Bool("v", false, "print each upward arrow and each name of several packages")
	check := flag.Bool("check", false, "exit 1 if a figure is above its limit")
	flag.Parse()
	fset := token.NewFileSet()
	rooms, err := load(fset, ".")
	if err != nil {
		fmt.Fprintln(os.Stderr, "walls:", err)
		os.Exit(1)
	}
	t := table{verbose: *verbose, check: *check}
	t.sizes(rooms)
	t.arrows(rooms)
	t.methods(fset, rooms)
	t.functions(fset, rooms)
	t.shared(rooms)
	if t.over && *check {
		os.Exit(1)
	}
}

// load parses the product files of every package below root. Modules of their own and hidden folders are left out.
func load(fset *token.FileSet, root string) ([]*room, error) {
	at := map[string]*room{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			_, own := os.Stat(filepath.Join(path, "go.mod"))
			if path != root && (own == nil || strings.HasPrefix(d.Name(), ".")) {
				return filepath.SkipDir
			}
			return nil
		}
		built, err := build.Default.MatchFile(filepath.Dir(path), filepath.Base(path))
		if err != nil {
			return err
		}
		if !built || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		if at[dir] == nil {
			at[dir] = &room{dir: dir}
		}
		return at[dir].add(fset, path)
	})
	rooms := slices.SortedFunc(maps.Values(at), func(a, b *room) int { return cmp.Compare(a.dir, b.dir) })
	imports, more := exports(fset)
	if err = errors.Join(err, more); err != nil {
		return nil, err
	}
	for _, r := range rooms {
		if err := r.resolve(fset, imports); err != nil {
			return nil, err
		}
	}
	return rooms, nil
}

func (r *room) add(fset *token.FileSet, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(fset, path, text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	r.files = append(r.files, file)
	r.names = append(r.names, filepath.Base(path))
	r.lines = append(r.lines, strings.Count(string(text), "\n"))
	return nil
}

// exports is an importer of what the go command has compiled.
func exports(fset *token.FileSet) (types.Importer, error) {
	out, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", "./...", "./testdata/generate", "./testdata/ordinary").Output()
	if err != nil {
		return nil, err
	}
	at := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		at[path] = file
	}
	return importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(at[path]) }), nil
}

// resolve draws the arrows between the files.
func (r *room) resolve(fset *token.FileSet, imports types.Importer) error {
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: imports}
	pkg, err := conf.Check(r.dir, fset, r.files, info)
	if err != nil {
		return err
	}
	number := map[string]int{}
	r.arrow = make([][]bool, len(r.files))
	for i, f := range r.files {
		number[fset.File(f.Pos()).Name()] = i
		r.arrow[i] = make([]bool, len(r.files))
	}
	for id, object := range info.Uses {
		_, function := object.(*types.Func)
		if object.Pkg() != pkg || object.Parent() != pkg.Scope() && !function {
			continue
		}
		from, to := number[fset.File(id.Pos()).Name()], number[fset.File(object.Pos()).Name()]
		if from != to {
			r.arrow[from][to] = true
		}
	}
	return nil
}

func (r *room) total() (lines int) {
	for _, n := range r.lines {
		lines += n
	}
	return lines
}

// order is the order of the files with the fewest upward arrows that was found.
func (r *room) order() (best []int, upward, all int) {
	n := len(r.files)
	for a := range r.arrow {
		for b := range r.arrow[a] {
			if r.arrow[a][b] {
				all++
			}
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	upward = all + 1
	for range 200 {
		order := random.Perm(n)
		for r.improve(order) {
		}
		if up := r.upward(order); up < upward {
			best, upward = slices.Clone(order), up
		}
	}
	return best, upward, all
}

// improve moves each file to its best place; false when none moved.
func (r *room) improve(order []int) bool {
	moved := false
	for _, file := range slices.Clone(order) {
		from := slices.Index(order, file)
		gain, best, to := 0, 0, from
		for at := from - 1; at >= 0; at-- { // upwards: file comes before order[at]
			gain += r.weigh(file, order[at])
			if gain > best {
				best, to = gain, at
			}
		}
		gain = 0
		for at := from + 1; at < len(order); at++ {
			gain += r.weigh(order[at], file)
			if gain > best {
				best, to = gain, at
			}
		}
		if best > 0 {
			copy(order[from:], order[from+1:])
			copy(order[to+1:], order[to:len(order)-1])
			order[to], moved = file, true
		}
	}
	return moved
}

// weigh is how many upward arrows fewer there are with a before b than with b before a.
func (r *room) weigh(a, b int) (gain int) {
	if r.arrow[a][b] {
		gain++
	}
	if r.arrow[b][a] {
		gain--
	}
	return gain
}

func (r *room) upward(order []int) (n int) {
	for i, a := range order {
		for _, b := range order[:i] {
			if r.arrow[a][b] {
				n++
			}
		}
	}
	return n
}

// table prints the figures beside their limits.
type table struct {
	verbose, check, over bool
}

func (t *table) row(what string, value, limit int, note string) {
	mark := ""
	if value > limit {
		mark, t.over = "  above", true
	}
	fmt.Printf("%-42s %7d  limit %6d  %s%s\n", what, value, limit, note, mark)
}

func (t *table) sizes(rooms []*room) {
	lines, all := rooms[0], 0
	files, long, file := rooms[0], 0, ""
	for _, r := range rooms {
		if !r.forTests() {
			all += r.total()
		}
		if r.total() > lines.total() {
			lines = r
		}
		if len(r.files) > len(files.files) {
			files = r
		}
		for i, n := range r.lines {
			if n > long {
				long, file = n, r.dir+"/"+r.names[i]
			}
		}
	}
	t.row("product lines", all, mostLines, fmt.Sprintf("%d packages", len(rooms)))
	t.row("lines of the largest package", lines.total(), mostPackageLines, lines.dir)
	t.row("files of the fullest package", len(files.files), mostPackageFiles, files.dir)
	t.row("lines of the longest file", long, mostFile, file)
}

// forTests says whether a package only serves tests: its lines are not the product's.
func (r *room) forTests() bool {
	return strings.HasPrefix(r.dir, "testdata") || strings.Contains(r.dir, "m365test") || strings.HasSuffix(r.dir, "test")
}

// arrows looks into the five packages with the most lines.
func (t *table) arrows(rooms []*room) {
	big := slices.Clone(rooms)
	slices.SortStableFunc(big, func(a, b *room) int { return cmp.Compare(b.total(), a.total()) })
	upward, all := 0, 0
	for _, r := range big[:min(5, len(big))] {
		order, up, n := r.order()
		upward, all = upward+up, all+n
		fmt.Printf("  %-40s %7d  of %d arrows upward, %d files, %d lines\n", r.dir, up, n, len(r.files), r.total())
		if t.verbose {
			t.listUpward(r, order)
		}
	}
	t.row("upward arrows of the five largest packages", upward, mostUpward, fmt.Sprintf("of %d", all))
}

func (t *table) listUpward(r *room, order []int) {
	for i, a := range order {
		for _, b := range order[:i] {
			if r.arrow[a][b] {
				fmt.Printf("    %s -> %s\n", r.names[a], r.names[b])
			}
		}
	}
}

// methods finds the type with the most methods, and the one whose methods stand in the most files.
func (t *table) methods(fset *token.FileSet, rooms []*room) {
	count, places := map[string]int{}, map[string]map[string]bool{}
	for _, r := range rooms {
		for _, f := range r.files {
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok || fn.Recv == nil {
					continue
				}
				name := r.dir + "." + receiver(fn.Recv.List[0].Type)
				if count[name]++; places[name] == nil {
					places[name] = map[string]bool{}
				}
				places[name][fset.File(f.Pos()).Name()] = true
			}
		}
	}
	most, wide := "", ""
	for _, name := range slices.Sorted(maps.Keys(count)) {
		if most == "" || count[name] > count[most] {
			most = name
		}
		if wide == "" || len(places[name]) > len(places[wide]) {
			wide = name
		}
		if t.verbose && (count[name] > mostMethods || len(places[name]) > mostMethodFiles) {
			fmt.Printf("    %s: %d methods in %d files\n", name, count[name], len(places[name]))
		}
	}
	t.row("methods of the largest type", count[most], mostMethods, most)
	t.row("files of the type that is spread most", len(places[wide]), mostMethodFiles, wide)
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// functions finds the longest function.
func (t *table) functions(fset *token.FileSet, rooms []*room) {
	longest, where := 0, ""
	for _, r := range rooms {
		for _, f := range r.files {
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok {
					continue
				}
				start := fset.Position(fn.Pos())
				if n := fset.Position(fn.End()).Line - start.Line + 1; n > longest {
					longest, where = n, fmt.Sprintf("%s:%d", start.Filename, start.Line)
				}
			}
		}
	}
	t.row("lines of the longest function", longest, mostFunction, where)
}

// shared counts the top-level types and functions that three or more packages declare under one name.
func (t *table) shared(rooms []*room) {
	at := map[string]map[string]bool{}
	for _, r := range rooms {
		for _, f := range r.files {
			for _, name := range declared(f) {
				if len(name) < 3 || name == "New" || name == "main" {
					continue
				}
				if at[name] == nil {
					at[name] = map[string]bool{}
				}
				at[name][r.dir] = true
			}
		}
	}
	n := 0
	for _, name := range slices.Sorted(maps.Keys(at)) {
		if len(at[name]) < 3 {
			continue
		}
		n++
		if t.verbose {
			fmt.Printf("    %s: %s\n", name, strings.Join(slices.Sorted(maps.Keys(at[name])), ", "))
		}
	}
	t.row("names declared in three or more packages", n, mostShared, "")
}

// declared are the top-level types and functions of a file. Methods belong to their type.
func declared(f *ast.File) (names []string) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if s, ok := spec.(*ast.TypeSpec); ok {
					names = append(names, s.Name.Name)
				}
			}
		}
	}
	return names
}
