use anyhow::bail;
use candle_core::Device;

/// Opens the device that a configuration names.
///
/// # Errors
/// If this program was built without the device's cargo feature, or the device cannot be opened.
pub(crate) fn open(device: config::Device) -> anyhow::Result<Device> {
    match device {
        config::Device::Cpu => Ok(Device::Cpu),
        config::Device::Cuda if cfg!(feature = "cuda") => Ok(Device::new_cuda(0)?),
        config::Device::Metal if cfg!(feature = "metal") => Ok(Device::new_metal(0)?),
        config::Device::Cuda => bail!(
            "the device is cuda, but this program was built without it; install the CUDA toolkit and build with `make cuda`"
        ),
        config::Device::Metal => bail!(
            "the device is metal, but this program was built without it; on macOS build with `make metal`"
        ),
    }
}
