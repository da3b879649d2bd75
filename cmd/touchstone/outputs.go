package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/touchstone-telemetry/touchstone/conformance"
	"github.com/touchstone-telemetry/touchstone/conformance/report"
)

// outputs are the files that a report is written to, by form; empty ones are not written.
type outputs struct{ json, junit, tap, markdown, html, badge string }

// form is one way in which a report is written.
type form struct {
	flag, what string
	file       *string
	write      func(io.Writer, *report.Report) error
}

func (o *outputs) forms() []form {
	return []form{
		{"json", "as JSON", &o.json, report.WriteJSON},
		{"junit", "as JUnit XML", &o.junit, report.WriteJUnit},
		{"tap", "in version 14 of the Test Anything Protocol", &o.tap, report.WriteTAP},
		{"markdown", "as Markdown, for the summary of a step", &o.markdown, report.WriteMarkdown},
		{"html", "as one page that needs nothing else", &o.html, func(w io.Writer, r *report.Report) error {
			return report.WriteHTML(w, r, conformance.Evidence)
		}},
		{"badge", "as an SVG badge", &o.badge, report.WriteBadge},
	}
}

func (o *outputs) add(cmd *cobra.Command) {
	for _, f := range o.forms() {
		cmd.Flags().StringVar(f.file, f.flag, "", "write the report "+f.what+" to this `FILE`")
	}
}

// empty tells whether nothing is to be written.
func (o *outputs) empty() bool { return *o == outputs{} }

// check refuses files that cannot be written, before anything is played for them.
func (o *outputs) check() error {
	for _, f := range o.forms() {
		if err := checkWritable("--"+f.flag, *f.file); err != nil {
			return err
		}
	}
	return nil
}

func (o *outputs) write(out io.Writer, r *report.Report) error {
	for _, f := range o.forms() {
		if *f.file == "" {
			continue
		}
		if err := writeFile(*f.file, r, f.write); err != nil {
			return err
		}
		fmt.Fprintf(out, "report: %s\n", *f.file)
	}
	return nil
}

func writeFile(path string, r *report.Report, write func(io.Writer, *report.Report) error) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if err := write(f, r); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
