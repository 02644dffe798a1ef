//go:build ignore

// Command pack packs the binaries of a release, BUILD/OS-ARCH/triage[.exe], into OUT with a bill of materials for each:
// go run .ci/pack.go VERSION BUILD OUT. Times are those of the commit (SOURCE_DATE_EPOCH), the order is fixed.
package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("pack: ")
	if len(os.Args) != 4 {
		log.Fatal("want VERSION BUILD OUT")
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}

func run(version, build, out string) error {
	seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	when := time.Unix(seconds, 0).UTC()
	targets, err := os.ReadDir(build)
	if err != nil {
		return err
	}
	for _, target := range targets {
		name := "triage-" + version + "-" + target.Name()
		binary := filepath.Join(build, target.Name(), "triage")
		pack := packTar
		if strings.HasPrefix(target.Name(), "windows-") {
			binary, pack = binary+".exe", packZip
		}
		bill, err := billOf(binary, version, when)
		if err != nil {
			return fmt.Errorf("%s: %w", target.Name(), err)
		}
		files := []file{{filepath.Base(binary), 0o755, nil}, {"README.md", 0o644, nil}, {"LICENSE", 0o644, nil}, {"CHANGELOG.md", 0o644, nil}}
		for i := range files {
			path := files[i].name
			if i == 0 {
				path = binary
			}
			if files[i].text, err = os.ReadFile(path); err != nil {
				return err
			}
		}
		files = append(files, file{"sbom.cdx.json", 0o644, bill})
		if err := pack(filepath.Join(out, name), name, files, when); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(out, name+".cdx.json"), bill, 0o644); err != nil {
			return err
		}
	}
	return nil
}

type file struct {
	name string
	mode int64
	text []byte
}

func packTar(path, folder string, files []file, when time.Time) error {
	var out bytes.Buffer
	zw, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return err
	}
	tw := tar.NewWriter(zw)
	for _, f := range files {
		head := &tar.Header{Typeflag: tar.TypeReg, Name: folder + "/" + f.name, Mode: f.mode, Size: int64(len(f.text)), ModTime: when, Format: tar.FormatUSTAR}
		if err := tw.WriteHeader(head); err != nil {
			return err
		}
		if _, err := tw.Write(f.text); err != nil {
			return err
		}
	}
	if err := cmp.Or(tw.Close(), zw.Close()); err != nil {
		return err
	}
	return os.WriteFile(path+".tar.gz", out.Bytes(), 0o644)
}

func packZip(path, folder string, files []file, when time.Time) error {
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	for _, f := range files {
		head := &zip.FileHeader{Name: folder + "/" + f.name, Method: zip.Deflate, Modified: when}
		head.SetMode(os.FileMode(f.mode))
		w, err := zw.CreateHeader(head)
		if err != nil {
			return err
		}
		if _, err := io.Copy(w, bytes.NewReader(f.text)); err != nil {
			return err
		}
	}
	if err := zw.Close(); err != nil {
		return err
	}
	return os.WriteFile(path+".zip", out.Bytes(), 0o644)
}

// The parts of a bill of materials that are used here: https://cyclonedx.org/docs/1.6/json/
type (
	bill struct {
		Format       string       `json:"bomFormat"`
		Spec         string       `json:"specVersion"`
		Serial       string       `json:"serialNumber"`
		Version      int          `json:"version"`
		Metadata     metadata     `json:"metadata"`
		Components   []component  `json:"components"`
		Dependencies []dependency `json:"dependencies"`
	}
	metadata struct {
		Timestamp string    `json:"timestamp"`
		Component component `json:"component"`
	}
	component struct {
		Type       string     `json:"type"`
		Ref        string     `json:"bom-ref"`
		Name       string     `json:"name"`
		Version    string     `json:"version"`
		Hashes     []hash     `json:"hashes,omitempty"`
		Licences   []licence  `json:"licenses,omitempty"`
		PURL       string     `json:"purl,omitempty"`
		Properties []property `json:"properties,omitempty"`
	}
	hash struct {
		Alg     string `json:"alg"`
		Content string `json:"content"`
	}
	licence struct {
		Expression string `json:"expression"`
	}
	property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	dependency struct {
		Ref string   `json:"ref"`
		On  []string `json:"dependsOn,omitempty"`
	}
)

// billOf is the bill of materials of a binary: the modules that were linked into it, Go's standard library and the embedded data.
func billOf(path, version string, when time.Time) ([]byte, error) {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	b := bill{Format: "CycloneDX", Spec: "1.6", Version: 1}
	b.Metadata = metadata{when.Format(time.RFC3339), component{
		Type: "application", Ref: "triage", Name: "triage", Version: version,
		Hashes: []hash{{"SHA-256", sum(text)}}, Licences: []licence{{"Apache-2.0"}},
	}}
	for _, s := range info.Settings {
		if slices.Contains([]string{"GOOS", "GOARCH", "CGO_ENABLED", "vcs.revision", "vcs.modified"}, s.Key) {
			b.Metadata.Component.Properties = append(b.Metadata.Component.Properties, property{"go:" + s.Key, s.Value})
		}
	}
	std := component{
		Type: "library", Ref: "std", Name: "std", Version: strings.TrimPrefix(info.GoVersion, "go"),
		PURL: "pkg:golang/stdlib@" + strings.TrimPrefix(info.GoVersion, "go"), Licences: []licence{{"BSD-3-Clause"}},
	}
	b.Components = append(b.Components, std)
	if err := b.modules(info.Deps); err != nil {
		return nil, err
	}
	if err := b.data(); err != nil {
		return nil, err
	}
	if b.Dependencies, err = edges(info.Deps, b.Components); err != nil {
		return nil, err
	}
	id := sha256.Sum256(text) // the same binary has the same number
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	b.Serial = fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:16])
	out, err := json.MarshalIndent(b, "", " ")
	return append(out, '\n'), err
}

func sum(text []byte) string {
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}

func refOf(m *debug.Module) string { return "pkg:golang/" + m.Path + "@" + m.Version }

func (b *bill) modules(deps []*debug.Module) error {
	for _, m := range deps {
		if m.Replace != nil {
			return fmt.Errorf("%s is replaced", m.Path)
		}
		found, err := licencesOf(m)
		if err != nil {
			return err
		}
		c := component{
			Type: "library", Ref: refOf(m), Name: m.Path, Version: m.Version, PURL: refOf(m),
			Properties: []property{{"go:sum", m.Sum}},
		}
		if found != "" {
			c.Licences = []licence{{found}}
		}
		b.Components = append(b.Components, c)
	}
	return nil
}

// licencesOf is what the texts of a module's licence are, as far as their words tell.
func licencesOf(m *debug.Module) (string, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", m.Path).Output()
	if err != nil {
		return "", fmt.Errorf("go list -m %s: %w", m.Path, err)
	}
	paths, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "LICEN[CS]E*"))
	if err != nil {
		return "", err
	}
	found := map[string]bool{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		text := strings.Join(strings.Fields(string(raw)), " ")
		for id, words := range map[string]string{
			"Apache-2.0":   "Apache License",
			"MIT":          "Permission is hereby granted, free of charge",
			"BSD-3-Clause": "used to endorse or promote products derived from this software",
			"ISC":          "Permission to use, copy, modify, and/or distribute this software",
			"MPL-2.0":      "Mozilla Public License",
		} {
			if strings.Contains(text, words) {
				found[id] = true
			}
		}
		if strings.Contains(text, "Redistribution and use in source and binary forms") && !found["BSD-3-Clause"] {
			found["BSD-2-Clause"] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), " AND "), nil
}

// data adds the embedded databases.
func (b *bill) data() error {
	raw, err := os.ReadFile("geo/data/SOURCES.json")
	if err != nil {
		return err
	}
	var sources []struct{ File, Type, Built, SHA256, Licence, Attribution string }
	if err := json.Unmarshal(raw, &sources); err != nil {
		return err
	}
	for _, s := range sources {
		b.Components = append(b.Components, component{
			Type: "data", Ref: "data:" + s.File, Name: s.Type, Version: s.Built, Hashes: []hash{{"SHA-256", s.SHA256}},
			Properties: []property{{"triage:licence", s.Licence}, {"triage:attribution", s.Attribution}},
		})
	}
	return nil
}

// edges say what needs what, of the modules in the binary; whatever no module needs, the program does.
func edges(deps []*debug.Module, all []component) ([]dependency, error) {
	refs := map[string]string{"triage": "triage"} // by path
	for _, m := range deps {
		refs[m.Path] = refOf(m)
	}
	graph, err := exec.Command("go", "mod", "graph").Output()
	if err != nil {
		return nil, fmt.Errorf("go mod graph: %w", err)
	}
	on := map[string]map[string]bool{"triage": {}}
	for _, c := range all {
		on[c.Ref] = map[string]bool{}
	}
	for line := range strings.Lines(string(graph)) {
		from, to, _ := strings.Cut(strings.TrimSpace(line), " ")
		fromPath, fromVersion, _ := strings.Cut(from, "@")
		toPath, _, _ := strings.Cut(to, "@")
		a, c := refs[fromPath], refs[toPath]
		if a != "" && c != "" && (fromVersion == "" || strings.HasSuffix(a, "@"+fromVersion)) {
			on[a][c] = true
		}
	}
	for _, c := range all {
		if c.Type == "data" || c.Ref == "std" {
			on["triage"][c.Ref] = true
		}
	}
	var list []dependency
	for _, ref := range slices.Sorted(maps.Keys(on)) {
		list = append(list, dependency{ref, slices.Sorted(maps.Keys(on[ref]))})
	}
	return list, nil
}
