package rules

import (
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"sync"

	"triage/rules/yamltext"
)

// stored is the core pack as its YAML is read, so that a run of the program need not read it again. What it says is bound to the
// bytes of the files by their sums: where they differ, the YAML is read. A test writes it (-update) and holds it against
// the YAML.
//
//go:embed packs/core.stored
var stored string

const sumBytes = 32

// storedPack is what it says.
type storedPack struct {
	pack, effective string            // sums: of the pack, and of the effective pack that it is alone
	files           map[string]string // nodes of a file, by its sum
}

// readStored reads it once; it is empty if it is damaged.
var readStored = sync.OnceValue(func() storedPack {
	out := storedPack{files: map[string]string{}}
	rest := stored
	sum := func() string {
		n := min(len(rest), sumBytes)
		text := hex.EncodeToString([]byte(rest[:n]))
		rest = rest[n:]
		return text
	}
	out.pack, out.effective = sum(), sum()
	for rest != "" {
		of := sum()
		size, n := binary.Uvarint([]byte(rest[:min(len(rest), binary.MaxVarintLen64)]))
		if n <= 0 || size > uint64(len(rest)-n) {
			return storedPack{}
		}
		out.files[of], rest = rest[n:n+int(size)], rest[n+int(size):]
	}
	return out
})

// restored is the node of a built-in file, or nil where it is not stored as it is now.
func restored(file *yamltext.File, sum string) *yamltext.Node {
	data, known := readStored().files[sum]
	if !known {
		return nil
	}
	n, err := yamltext.Restore(file, data)
	if err != nil {
		return nil
	}
	return n
}

// effectiveSum is that of the effective pack. Of the core pack alone it is stored.
func effectiveSum(s *Set) string {
	known := readStored()
	if len(s.Packs) == 1 && s.Packs[0].Path == yamltext.Builtin+"core" && s.Packs[0].SHA256 == known.pack {
		return known.effective
	}
	return sumOf(Effective(s))
}

// storePack writes a pack of these files, its effective sum with it.
func storePack(pack Pack, effective string, files []doc) string {
	var b strings.Builder
	put := func(sum string) {
		raw, _ := hex.DecodeString(sum) // a sum is hexadecimal
		b.Write(raw)
	}
	put(pack.SHA256)
	put(effective)
	for i, d := range files {
		put(pack.Files[i].SHA256)
		data := yamltext.Store(d.root)
		b.Write(binary.AppendUvarint(nil, uint64(len(data))))
		b.Write(data)
	}
	return b.String()
}
