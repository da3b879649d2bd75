package container_test

import (
	"context"
	"log"

	"github.com/testcontainers/testcontainers-go"

	"github.com/touchstone-telemetry/touchstone/fakes/client"
	"github.com/touchstone-telemetry/touchstone/fakes/container"
	"github.com/touchstone-telemetry/touchstone/fakes/control/api"
)

// A Mimir that is away for three requests, for something that runs in another container or is written in another language.
func ExampleRun() {
	ctx := context.Background()
	fakes, err := container.Run(ctx, container.Image, container.WithFakes(api.Mimir), container.WithScript(api.Mimir, "503*3 200"))
	defer func() {
		if err := testcontainers.TerminateContainer(fakes); err != nil {
			log.Print(err)
		}
	}()
	if err != nil {
		log.Print(err)
		return
	}
	address, err := fakes.URL(ctx, api.Mimir)
	if err != nil {
		log.Print(err)
		return
	}
	log.Printf("push to %s/api/v1/push", address)

	commands, err := fakes.Client(ctx)
	if err != nil {
		log.Print(err)
		return
	}
	mimir, err := commands.Fake(ctx, api.Mimir)
	if err != nil {
		log.Print(err)
		return
	}
	if _, err := mimir.WaitFor(ctx, client.Samples(`up{job="a"}`, 1)); err != nil {
		log.Print(err)
	}
}
