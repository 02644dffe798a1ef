package ingest

import (
	"context"
	"io"
)

// mostTried is how many files of a folder or an archive Recognise looks into.
const mostTried = 16

// Recognise is the name of the format of the export that a path leads to, or of the first in a folder or an archive; "" where
// there is none. It looks at no more than the beginnings. stdin is what "-" reads.
func Recognise(ctx context.Context, path string, stdin io.Reader) string {
	f := finder{stdin: stdin}
	err := f.find(ctx, []string{path})
	defer func() {
		for _, s := range f.spools {
			_ = s.Close() // a copy in the folder for temporary files, which the next run sweeps
		}
	}()
	if err != nil {
		return ""
	}
	formats := Formats()
	all := f.sorted()
	for _, s := range all[:min(len(all), mostTried)] {
		st, err := s.open(false)
		if err != nil {
			continue
		}
		k, err := st.recognise(formats)
		st.close()
		if err == nil {
			return k.format.Name
		}
	}
	return ""
}
