package control

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
	"github.com/touchstone-telemetry/touchstone/fakes/journal"
	"github.com/touchstone-telemetry/touchstone/fakes/labels"
)

// schema is the part of a schema that the document uses.
type schema struct {
	Ref        string             `json:"$ref"`
	Type       string             `json:"type"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Items      *schema            `json:"items"`
	OneOf      []*schema          `json:"oneOf"`
	Additional json.RawMessage    `json:"additionalProperties"`
}

type parameter struct{ Ref, Name, In string }

type operation struct {
	OperationID string `json:"operationId"`
	Parameters  []struct {
		Ref  string `json:"$ref"`
		Name string `json:"name"`
		In   string `json:"in"`
	} `json:"parameters"`
}

type openAPI struct {
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Parameters map[string]parameter `json:"parameters"`
		Schemas    map[string]*schema   `json:"schemas"`
	} `json:"components"`
}

func readDocument(t *testing.T) openAPI {
	t.Helper()
	var d openAPI
	if err := json.Unmarshal(document, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestRoutesAreDocumented compares paths, methods and parameters both ways.
func TestRoutesAreDocumented(t *testing.T) {
	d := readDocument(t)
	coded := map[string][]string{}
	for _, r := range routes() {
		coded[r.method+" "+r.path] = append(pathParameters(r.path), r.query...)
	}
	documented := map[string][]string{}
	ids := map[string]bool{}
	for path, methods := range d.Paths {
		for method, op := range methods {
			name := strings.ToUpper(method) + " " + path
			documented[name] = []string{}
			for _, p := range op.Parameters {
				if p.In == "header" {
					continue
				}
				if ref, ok := strings.CutPrefix(p.Ref, "#/components/parameters/"); ok {
					p.Name = d.Components.Parameters[ref].Name
				}
				documented[name] = append(documented[name], p.Name)
			}
			if ids[op.OperationID] || op.OperationID == "" {
				t.Errorf("%s has the operationId %q, which is none of its own", name, op.OperationID)
			}
			ids[op.OperationID] = true
		}
	}
	compareSets(t, "routes", slices.Sorted(maps.Keys(coded)), slices.Sorted(maps.Keys(documented)))
	for name, parameters := range coded {
		compareSets(t, "parameters of "+name, parameters, documented[name])
	}
}

// TestPackageCommentListsRoutes holds the list at the top of the package to the code.
func TestPackageCommentListsRoutes(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	text := f.Doc.Text()
	for _, r := range routes() {
		if r.isPrometheus() {
			if call := strings.TrimPrefix(r.path, prometheusPath); !strings.Contains(text, call) {
				t.Errorf("the package comment does not list %s", call)
			}
			continue
		}
		last := r.path[strings.LastIndex(r.path, "/"):]
		line := regexp.MustCompile(`(?m)^\t` + r.method + ` +.*` + regexp.QuoteMeta(last) + `(\s|$)`)
		if !line.MatchString(text) {
			t.Errorf("the package comment does not list %s %s", r.method, r.path)
		}
	}
}

func pathParameters(path string) []string {
	names := []string{}
	for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
		names = append(names, m[1])
	}
	return names
}

func compareSets(t *testing.T, what string, code, document []string) {
	t.Helper()
	for _, one := range code {
		if !slices.Contains(document, one) {
			t.Errorf("%s: openapi.json lacks %s", what, one)
		}
	}
	for _, one := range document {
		if !slices.Contains(code, one) {
			t.Errorf("%s: openapi.json has %s, which the code has not", what, one)
		}
	}
}

// schemaTypes are the Go types behind the schemas.
var schemaTypes = []any{
	api.Auth{}, api.Certificate{}, api.CertificateRequest{}, api.Churn{}, api.Connections{}, api.Content{}, api.Counts{}, api.Error{}, api.Event{},
	api.Exemplar{}, api.Fake{}, api.Fakes{}, api.Filter{}, api.Found{}, api.Generator{}, api.Health{}, api.Held{}, api.Histogram{}, api.Journal{}, api.Limits{},
	api.Loaded{}, api.Metadata{}, api.Mode{}, api.NewSession{}, api.OAuth2Client{}, api.OAuth2Options{}, api.Page{}, api.Profile{}, api.ProfileSeries{}, api.ProxyOptions{},
	api.Request{}, api.Requests{}, api.Sample{}, api.Script{}, api.Section{}, api.Series{}, api.Serve{}, api.ServedProfile{}, api.Session{},
	api.Sessions{}, api.Span{}, api.Spec{}, api.Summary{}, api.TLS{}, api.Timeouts{}, api.Token{}, api.TokenRequest{}, api.Tokens{}, api.Wait{},
	journal.Connection{}, journal.Handshake{}, labels.Label{},
}

// TestSchemasAreTheTypes compares fields, what is required, and types, both ways.
func TestSchemasAreTheTypes(t *testing.T) {
	d := readDocument(t)
	var names []string
	for _, value := range schemaTypes {
		typ := reflect.TypeOf(value)
		names = append(names, typ.Name())
		if s := d.Components.Schemas[typ.Name()]; s != nil {
			compareType(t, typ, s)
		}
	}
	documented := slices.Collect(maps.Keys(d.Components.Schemas))
	compareSets(t, "schemas", append(names, "Number"), documented)
}

// TestSchemaTypesAreAll shows that no type of the API was left out of the table above.
func TestSchemaTypesAreAll(t *testing.T) {
	files, err := filepath.Glob("api/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no files: %v", err)
	}
	var declared []string
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for name, object := range f.Scope.Objects {
			if typ, ok := object.Decl.(*ast.TypeSpec); ok && ast.IsExported(name) {
				if _, ok := typ.Type.(*ast.StructType); ok {
					declared = append(declared, name)
				}
			}
		}
	}
	var listed []string
	for _, value := range schemaTypes {
		if typ := reflect.TypeOf(value); strings.HasSuffix(typ.PkgPath(), "/api") {
			listed = append(listed, typ.Name())
		}
	}
	compareSets(t, "types", declared, listed)
}

func compareType(t *testing.T, typ reflect.Type, s *schema) {
	t.Helper()
	var fields, required []string
	for _, f := range reflect.VisibleFields(typ) {
		name, options, tagged := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous {
			continue
		}
		fields = append(fields, name)
		if !tagged || !strings.Contains(options, "omit") {
			required = append(required, name)
		}
		if property := s.Properties[name]; property != nil {
			if want := schemaOf(f.Type); want != describe(property) {
				t.Errorf("%s.%s is %s, but openapi.json says %s", typ.Name(), name, want, describe(property))
			}
		}
	}
	compareSets(t, "fields of "+typ.Name(), fields, slices.Collect(maps.Keys(s.Properties)))
	compareSets(t, "required fields of "+typ.Name(), required, s.Required)
	if string(s.Additional) != "false" {
		t.Errorf("%s allows other fields", typ.Name())
	}
}

// schemaOf is a Go type in the words of describe.
func schemaOf(typ reflect.Type) string {
	switch typ {
	case reflect.TypeFor[time.Time](), reflect.TypeFor[api.Bytes]():
		return "string"
	case reflect.TypeFor[api.Number]():
		return "Number"
	}
	switch typ.Kind() {
	case reflect.Pointer:
		return schemaOf(typ.Elem())
	case reflect.Struct:
		return typ.Name()
	case reflect.Slice:
		return "array of " + schemaOf(typ.Elem())
	case reflect.Map:
		return "object of " + schemaOf(typ.Elem())
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		return "string"
	}
	return "integer"
}

func describe(s *schema) string {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		return name
	}
	switch s.Type {
	case "array":
		return "array of " + describe(s.Items)
	case "object":
		var values schema
		if err := json.Unmarshal(s.Additional, &values); err != nil {
			return "object of anything"
		}
		return "object of " + describe(&values)
	}
	return s.Type
}
