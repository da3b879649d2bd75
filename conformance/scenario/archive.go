package scenario

import (
	"bytes"
	"strings"

	"golang.org/x/tools/txtar"
)

// unpack splits the source into the lines of its story and its attached files, with their places.
func unpack(path string, src []byte) (story []string, files []File) {
	a := txtar.Parse(src)
	story = strings.Split(strings.TrimSuffix(string(a.Comment), "\n"), "\n")
	next := bytes.Count(a.Comment, []byte("\n")) + 1
	for _, f := range a.Files {
		files = append(files, File{Name: f.Name, Text: string(f.Data), Pos: Pos{File: path, Line: next + 1, Column: 1}})
		next += 1 + bytes.Count(f.Data, []byte("\n"))
	}
	return story, files
}

// placed is the place of the byte at offset in the file's text.
func (f File) placed(offset int) Pos {
	before := f.Text[:offset]
	pos := f.Pos
	pos.Line += strings.Count(before, "\n")
	if newline := strings.LastIndexByte(before, '\n'); newline >= 0 {
		pos.Column = offset - newline
	} else {
		pos.Column += offset
	}
	return pos
}
