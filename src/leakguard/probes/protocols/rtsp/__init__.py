"""RTSP: does a camera describe a stream to anybody? No stream is set up or played: no picture and no sound is sent."""
