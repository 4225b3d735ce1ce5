// Declares Pipeline for those who only hold or pass one: a change of the class does not rebuild them.
#pragma once

namespace auditship::pipeline {

class Pipeline;

}  // namespace auditship::pipeline
