//! The one integration-test binary. Folders mirror `src`; `sim` holds the stand-ins for outside systems.

mod sim;
