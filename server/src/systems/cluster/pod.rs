//! Why a container does not begin, in words: the same for every pod that Slipway asks for (Kubernetes API,
//! `ContainerStateWaiting`).

use super::refusal::plain;
use crate::domain::Fault;
use k8s_openapi::api::core::v1::ContainerStatus;

/// It cannot begin; `None` while it may.
pub(in crate::systems) fn cannot_begin(container: &ContainerStatus) -> Option<Fault> {
    let waiting = container.state.clone()?.waiting?;
    let (image, said) = (&container.image, plain(waiting.message.as_deref().unwrap_or_default()));
    Some(match waiting.reason.as_deref().unwrap_or_default() {
        "ErrImagePull" | "ImagePullBackOff" | "RegistryUnavailable" => {
            Fault::retry(format!("The image {image} cannot be pulled: {said}"))
        }
        "ErrImageNeverPull" | "InvalidImageName" | "ImageInspectError" => Fault::fail(
            "image_missing",
            format!("The image {image} is not there or is no image: {said}"),
            "Correct image in the configuration or bring the image to the nodes, then press Retry now.",
        ),
        "CreateContainerConfigError" | "CreateContainerError" | "RunContainerError" => {
            Fault::retry(format!("The container {} cannot begin: {said}", container.name))
        }
        _ => return None,
    })
}
