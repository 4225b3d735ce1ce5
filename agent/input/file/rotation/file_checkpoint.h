#pragma once
#include "agent/event/batch.h"
namespace auditship::input::file::rotation {
using FileCheckpoint = event::Checkpoint;
}
