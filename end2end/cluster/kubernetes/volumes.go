// The storage class's provisioner. A cluster at a provider makes a disk, owned by root, and the kubelet hands it to the pod's
// fsGroup; here a folder of the node stands for the disk. It is offered as a `local` volume and not as `hostPath`, because only
// for the former the kubelet applies fsGroup: a manifest that forgets it fails here as it would there. Sizes are not enforced.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

// provisioner is what a StorageClass names.
const provisioner = "slipway.dev/folder"

// folders makes a folder for each claim of the class and removes it with the volume.
type folders struct {
	parent string // where the folders lie, on the node
	node   string // the one node that has them
}

func (f folders) Provision(_ context.Context, claim controller.ProvisionOptions) (*core.PersistentVolume, controller.ProvisioningState, error) {
	folder := filepath.Join(f.parent, claim.PVName)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	volume := &core.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: claim.PVName},
		Spec: core.PersistentVolumeSpec{
			PersistentVolumeReclaimPolicy: *claim.StorageClass.ReclaimPolicy,
			AccessModes:                   claim.PVC.Spec.AccessModes,
			Capacity:                      core.ResourceList{core.ResourceStorage: claim.PVC.Spec.Resources.Requests[core.ResourceStorage]},
			PersistentVolumeSource:        core.PersistentVolumeSource{Local: &core.LocalVolumeSource{Path: folder}},
			NodeAffinity:                  f.here(),
		},
	}
	return volume, controller.ProvisioningFinished, nil
}

// here binds a volume to the node, which Kubernetes demands of a `local` one.
func (f folders) here() *core.VolumeNodeAffinity {
	return &core.VolumeNodeAffinity{Required: &core.NodeSelector{NodeSelectorTerms: []core.NodeSelectorTerm{{
		MatchExpressions: []core.NodeSelectorRequirement{{Key: core.LabelHostname, Operator: core.NodeSelectorOpIn, Values: []string{f.node}}},
	}}}}
}

func (f folders) Delete(_ context.Context, volume *core.PersistentVolume) error {
	// By its name and not by its path: whoever may write volumes must not be able to name another folder.
	return os.RemoveAll(filepath.Join(f.parent, filepath.Base(volume.Name)))
}

func newVolumesCommand() *cobra.Command {
	var kubeconfig string
	var made folders
	command := &cobra.Command{
		Use:   "volumes",
		Short: "Makes the volumes of the storage class, as folders of this machine",
		RunE: func(*cobra.Command, []string) error {
			config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
			if err != nil {
				return fmt.Errorf("kubeconfig %s: %w", kubeconfig, err)
			}
			client, err := kubernetes.NewForConfig(config)
			if err != nil {
				return err
			}
			ctx := genericapiserver.SetupSignalContext()
			controller.NewProvisionController(ctx, client, provisioner, made, controller.LeaderElection(false)).Run(ctx)
			return nil
		},
	}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "the cluster")
	command.Flags().StringVar(&made.parent, "folder", "", "where the volumes are made")
	command.Flags().StringVar(&made.node, "node", "", "the name of this node")
	for _, name := range []string{"kubeconfig", "folder", "node"} {
		_ = command.MarkFlagRequired(name)
	}
	return command
}
