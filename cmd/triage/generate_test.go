package main

import "bytes"

// generators make files that do not fit into a script, by kind.
func generators() map[string]func() []byte {
	return map[string]func() []byte{
		"nothing": func() []byte { return nil },
		// A program's first bytes: an ELF header and noise with every byte value in it.
		"binary": func() []byte {
			b := []byte("\x7fELF\x02\x01\x01\x00")
			for i := range 4096 {
				b = append(b, byte(i*7), byte(i>>3))
			}
			return b
		},
		"big-cell": func() []byte { return bytes.Repeat([]byte("wire transfer "), 1<<20/14) },
	}
}
